import * as z from 'zod';
import { eventLayoutSchema, publishedEventLayouts } from './event-layouts.js';
import { jetLayoutSchema, publishedJetLayouts } from './jet-layouts.js';
import { publishedLayoutNames, publishedLayouts } from './published-layouts.js';
import { layoutSchema } from './schema.js';
import { publishedTableLayouts, tableLayoutSchema } from './table-schema.js';

/** The schema of each kind of layout. A description that names none is one of showers. */
export const layoutSchemas = {
  showers: layoutSchema,
  events: eventLayoutSchema,
  jets: jetLayoutSchema,
  table: tableLayoutSchema,
} as const;
export type LayoutKind = keyof typeof layoutSchemas;

export const anyLayoutSchema = z.union([
  layoutSchemas.showers,
  layoutSchemas.events,
  layoutSchemas.jets,
  layoutSchemas.table,
]);
export type AnyLayout = z.output<typeof anyLayoutSchema>;
/** A layout as it is written: what has a default may be left out. */
export type AnyLayoutDescription = z.input<typeof anyLayoutSchema>;
export type LayoutOf<Kind extends LayoutKind> = Extract<AnyLayout, { readonly kind: Kind }>;

const others: readonly AnyLayout[] = [
  ...publishedEventLayouts,
  ...publishedJetLayouts,
  ...publishedTableLayouts,
];

/** The published layouts of all kinds. */
export function allPublishedLayouts(): readonly AnyLayout[] {
  return [...publishedLayouts(), ...others];
}

export const layoutNames: readonly string[] = [...publishedLayoutNames, ...others.map(({ name }) => name)];
