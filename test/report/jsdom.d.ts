/** The part of jsdom that the report uses; the package comes without types. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string, options?: { readonly contentType: string });
    readonly window: Window;
    serialize(): string;
  }
}
