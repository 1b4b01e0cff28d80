/** One movement of the brush, in pixels of the picture. */
export interface Stroke {
  readonly mode: "paint" | "erase";
  /** Of the brush. */
  readonly diameter: number;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What of a 2D canvas is drawn with. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "globalCompositeOperation"
  | "lineCap"
  | "lineJoin"
  | "lineWidth"
  | "strokeStyle"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "stroke"
>;

/** Draws a stroke from its point number `from` on; a single point is a dot. */
export function drawStroke(pen: Pen, { mode, diameter, points }: Stroke, colour: string, from = 0): void {
  const [first, ...others] = points.slice(Math.max(0, from - 1));
  if (!first) return;
  pen.globalCompositeOperation = mode === "paint" ? "source-over" : "destination-out";
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.lineWidth = diameter;
  pen.strokeStyle = colour;
  pen.beginPath();
  pen.moveTo(first.x, first.y);
  // A line of no length is not drawn: a dot is a very short one.
  for (const { x, y } of others.length > 0 ? others : [{ x: first.x + 0.01, y: first.y }]) pen.lineTo(x, y);
  pen.stroke();
}
