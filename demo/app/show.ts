/** The name `show`, for the examples' types; a run hands its own to the code. */

export declare function show(value: unknown, title?: string): Promise<void>;
