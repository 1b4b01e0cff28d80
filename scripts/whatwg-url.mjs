// Stands in for the package of that name in the bundle. Only node-fetch (inside grammy) asks for it, for these two
// classes, which Node has had as globals since 10; the package would bring 350 KB of tables and a deprecation warning.
export const { URL, URLSearchParams } = globalThis;
