import { make } from "./dom.ts";
import { drawStroke, type Point, type Stroke } from "./mask-strokes.ts";
import { words } from "./words.ts";

export interface MaskPicture {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** A picture with a layer of paint over it, for the mouse, a finger, a pen and the keyboard. */
export interface MaskCanvas {
  readonly element: HTMLElement;
  focus(): void;
  use(mode: Stroke["mode"]): void;
  /** The brush's diameter, in thousandths of the picture's longer side. */
  resize(brush: number): void;
  brush(): number;
  undo(): void;
  clear(): void;
  strokes(): readonly Stroke[];
  /** A PNG in the picture's own size, transparent where it was painted; null: nothing is left of the paint. */
  file(): Promise<Blob | null>;
}

const PAINT = "rgb(255, 60, 130)";
const BRUSH_MINIMUM = 8;
const BRUSH_MAXIMUM = 200;

export function createMaskCanvas(
  { url, width, height }: MaskPicture,
  before: readonly Stroke[],
  onChange: () => void,
): MaskCanvas {
  const longer = Math.max(width, height);
  const strokes: Stroke[] = [...before];
  const canvas = make("canvas", { width: String(width), height: String(height) });
  const ring = make("span", { class: "mask-ring", hidden: true });
  const area = make(
    "div",
    { class: "mask-area", tabindex: "0", role: "application", "aria-label": words.maskArea },
    make("img", { src: url, alt: "", width: String(width), height: String(height), draggable: "false" }),
    canvas,
    ring,
  );
  area.style.setProperty("--ratio", String(width / height));
  area.style.setProperty("aspect-ratio", `${width} / ${height}`);
  const pen = penOf(canvas);
  let mode: Stroke["mode"] = "paint";
  let brush = 60;
  let at: Point = { x: width / 2, y: height / 2 };
  let current: { readonly pointer: number; readonly stroke: Stroke; readonly points: Point[] } | null = null;

  const diameter = () => (brush / 1000) * longer;

  function redraw(): void {
    pen.clearRect(0, 0, width, height);
    for (const stroke of strokes) drawStroke(pen, stroke, PAINT);
  }

  function pointOf(event: MouseEvent): Point {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * width,
      y: ((event.clientY - box.top) / box.height) * height,
    };
  }

  function showRing(): void {
    ring.hidden = false;
    ring.style.setProperty("left", `${(at.x / width) * 100}%`);
    ring.style.setProperty("top", `${(at.y / height) * 100}%`);
    ring.style.setProperty("width", `${(diameter() / width) * 100}%`);
    ring.classList.toggle("erases", mode === "erase");
  }

  function resize(wanted: number): void {
    brush = Math.min(BRUSH_MAXIMUM, Math.max(BRUSH_MINIMUM, Math.round(wanted)));
    if (!ring.hidden) showRing();
    onChange();
  }

  function undo(): void {
    if (!strokes.pop()) return;
    redraw();
    onChange();
  }

  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || current !== null) return;
    event.preventDefault();
    area.focus({ preventScroll: true });
    area.setPointerCapture(event.pointerId);
    at = pointOf(event);
    const points = [at];
    const stroke: Stroke = { mode, diameter: diameter(), points };
    current = { pointer: event.pointerId, stroke, points };
    drawStroke(pen, stroke, PAINT);
    showRing();
  });
  area.addEventListener("pointermove", (event) => {
    at = pointOf(event);
    showRing();
    if (current?.pointer !== event.pointerId) return;
    const before = current.points.length;
    const moves = event.getCoalescedEvents();
    current.points.push(...(moves.length > 0 ? moves : [event]).map(pointOf));
    drawStroke(pen, current.stroke, PAINT, before);
  });
  const finish = (event: PointerEvent) => {
    if (current?.pointer !== event.pointerId) return;
    strokes.push(current.stroke);
    current = null;
    onChange();
  };
  area.addEventListener("pointerup", finish);
  area.addEventListener("pointercancel", finish);
  area.addEventListener("pointerleave", () => {
    if (document.activeElement !== area) ring.hidden = true;
  });
  area.addEventListener("focus", showRing);
  area.addEventListener("blur", () => {
    ring.hidden = true;
  });
  area.addEventListener("keydown", (event) => {
    const step = diameter() / (event.shiftKey ? 1 : 4);
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (move) {
      const [across = 0, down = 0] = move;
      const within = (value: number, end: number) => Math.min(end, Math.max(0, value));
      at = { x: within(at.x + across * step, width), y: within(at.y + down * step, height) };
      showRing();
    } else if (event.key === " ") {
      strokes.push({ mode, diameter: diameter(), points: [at] });
      redraw();
      onChange();
    } else if (event.key === "[") resize(brush / 1.25);
    else if (event.key === "]") resize(brush * 1.25);
    else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) undo();
    else return;
    event.preventDefault();
  });
  redraw();

  return {
    element: make("div", { class: "mask-frame" }, area),
    focus: () => area.focus({ preventScroll: true }),
    use(next) {
      mode = next;
    },
    resize,
    brush: () => brush,
    undo,
    clear() {
      strokes.length = 0;
      redraw();
      onChange();
    },
    strokes: () => [...strokes],
    async file() {
      const { data } = pen.getImageData(0, 0, width, height);
      if (!data.some((value, index) => index % 4 === 3 && value > 0)) return null;
      const sheet = make("canvas", { width: String(width), height: String(height) });
      const sheetPen = penOf(sheet);
      sheetPen.fillRect(0, 0, width, height);
      sheetPen.globalCompositeOperation = "destination-out";
      sheetPen.drawImage(canvas, 0, 0);
      return new Promise((resolve, reject) => {
        sheet.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no file"))), "image/png");
      });
    },
  };
}

function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser cannot draw");
  return pen;
}
