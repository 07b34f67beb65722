// 画图的全部零件，从这一处引用。
export * from "./contour.js";
export * from "./controls.js";
export * from "./kit.js";
export * from "./pixels.js";
export * from "./plot.js";
