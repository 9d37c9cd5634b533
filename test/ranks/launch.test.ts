import { describe, expect, it } from 'vitest';
import { launchOf, leftOver } from '#caloscope/ranks/launch';

describe('what a launcher says', () => {
  const cases: readonly [string, Record<string, string>, ReturnType<typeof launchOf>][] = [
    ['no launcher', {}, null],
    [
      'Open MPI',
      { OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_RANK: '3' },
      { rank: 3, ranks: 4, variable: 'OMPI_COMM_WORLD_SIZE' },
    ],
    ['MPICH', { PMI_SIZE: '2', PMI_RANK: '0' }, { rank: 0, ranks: 2, variable: 'PMI_SIZE' }],
    [
      'srun',
      { SLURM_STEP_NUM_TASKS: '8', SLURM_PROCID: '5', SLURM_NTASKS: '8' },
      { rank: 5, ranks: 8, variable: 'SLURM_STEP_NUM_TASKS' },
    ],
    ['a batch script', { SLURM_NTASKS: '8', SLURM_PROCID: '0' }, null],
    ['one process', { OMPI_COMM_WORLD_SIZE: '1', OMPI_COMM_WORLD_RANK: '0' }, null],
    [
      'one process of Open MPI in a step of several daemons',
      {
        OMPI_COMM_WORLD_SIZE: '1',
        OMPI_COMM_WORLD_RANK: '0',
        SLURM_STEP_NUM_TASKS: '2',
        SLURM_PROCID: '1',
      },
      null,
    ],
    ['what is no number', { PMI_SIZE: 'two', PMI_RANK: '0' }, null],
    ['a rank beyond the size', { PMI_SIZE: '2', PMI_RANK: '2' }, null],
    ['one that is not to be heard', { PMI_SIZE: '2', PMI_RANK: '1', CALOSCOPE_MPI: 'off' }, null],
  ];
  it.each(cases)('%s', (_, environment, expected) => {
    expect(launchOf(environment)).toEqual(expected);
  });

  it('is left over where its connection is gone', () => {
    expect(leftOver({})).toBeNull();
    expect(leftOver({ PMI_FD: '97' })).toBe('PMI_FD');
    expect(leftOver({ PMIX_SERVER_TMPDIR: '/nowhere/at/all' })).toBe('PMIX_SERVER_TMPDIR');
    expect(leftOver({ PMIX_SERVER_TMPDIR: import.meta.dirname })).toBeNull();
  });
});
