/** Base64. */
declare const inlined: string;
export default inlined;
export const length: number;
