/** Base64. */
declare const inlined: string;
export default inlined;
