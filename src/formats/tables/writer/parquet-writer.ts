import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import type { TablePlan, TableWriter, WrittenRows } from './table-plan.js';

/**
 * A Parquet file: one row group a block, columns INT64 and DOUBLE, none of them empty anywhere. Its key-value metadata have what is said of the
 * table, and under `columns` unit and meaning of each column as JSON.
 */
export class ParquetTable implements TableWriter {
  readonly #plan: TablePlan;
  readonly #writer: ParquetWriter;

  constructor(path: string, plan: TablePlan) {
    const { columns, attributes } = plan;
    this.#plan = plan;
    this.#writer = new ParquetWriter({
      writer: fileWriter(path),
      schema: [
        { name: 'root', num_children: columns.length },
        ...columns.map(({ name, type }) => ({
          name,
          type: type === 'whole' ? ('INT64' as const) : ('DOUBLE' as const),
          repetition_type: 'REQUIRED' as const,
        })),
      ],
      // Smallest and largest of columns with NaN are not what readers may skip rows by.
      statistics: false,
      kvMetadata: [
        ...Object.entries(attributes).map(([key, value]) => ({ key, value })),
        {
          key: 'columns',
          value: JSON.stringify(
            Object.fromEntries(columns.map(({ name, unit, meaning }) => [name, { unit, meaning }])),
          ),
        },
      ],
      createdBy: 'caloscope',
    });
  }

  append(rows: WrittenRows): void {
    const { columns } = this.#plan;
    this.#writer.write({
      columnData: rows.map((data, i) => ({ name: columns[i]?.name ?? '', data })),
      rowGroupSize: rows[0]?.length ?? 1,
    });
  }

  finish(): void {
    this.#writer.finish();
  }
}
