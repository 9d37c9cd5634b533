/** The part of jsdom that the report uses; the package comes without types. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string);
    readonly window: Window;
    serialize(): string;
  }
}
