import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { drawAbstract } from "./draw-abstract.ts";
import {
  drawCity,
  drawDesert,
  drawField,
  drawForest,
  drawFrame,
  drawMountains,
  drawRoom,
} from "./draw-land.ts";
import { drawSky, drawSpace } from "./draw-sky.ts";
import { drawSubjects } from "./draw-subjects.ts";
import { drawBeach, drawUnderwater, drawWater } from "./draw-water.ts";
import { drawWeather } from "./draw-weather.ts";
import { finish } from "./finish.ts";
import { drawMark } from "./mark.ts";
import type { Scene } from "./scene.ts";
import { createStage, type Stage } from "./stage.ts";
import type { SketchStyle } from "./styles.ts";

/** Everything behind the subjects. */
function drawSetting(stage: Stage): void {
  const { scene, horizon, unit } = stage;
  switch (scene.setting) {
    case "abstract":
      return drawAbstract(stage);
    case "space":
      return drawSpace(stage);
    case "underwater":
      return drawUnderwater(stage);
    case "room":
      return drawRoom(stage);
    case "sea":
      drawSky(stage);
      if (stage.random("coast").chance(0.5)) drawMountains(stage, horizon + 1, 0.32);
      drawWater(stage, { calm: !scene.weather.has("storm") });
      if (
        scene.subjects.some(({ id }) => id !== "boat" && id !== "whale" && id !== "lighthouse") ||
        stage.random("beach").chance(0.4)
      )
        drawBeach(stage);
      return;
    case "lake":
      drawSky(stage);
      drawMountains(stage, horizon + 1, 0.8);
      drawWater(stage, { calm: true });
      if (scene.subjects.some(({ id }) => id !== "boat" && id !== "bridge")) drawBeach(stage);
      return;
    case "mountains":
      drawSky(stage);
      drawMountains(stage, horizon + unit * 0.04);
      return drawField(stage);
    case "forest":
      drawSky(stage);
      return drawForest(stage);
    case "city":
      drawSky(stage);
      return drawCity(stage);
    case "desert":
      drawSky(stage);
      return drawDesert(stage);
    case "field":
      drawSky(stage);
      if (stage.random("hills").chance(0.6)) drawMountains(stage, horizon + unit * 0.02, 0.42);
      return drawField(stage);
  }
}

/**
 * One finished picture. The same scene, style, size and moment give the same pixels.
 *
 * @param moment of the loop, 0 to 1; a still is moment 0.
 * @param isMoving adds the slow push of a camera that videos have.
 */
export function paint(
  scene: Scene,
  style: SketchStyle,
  width: number,
  height: number,
  moment = 0,
  isMoving = false,
): Canvas {
  const stage = createStage(scene, width, height, moment);
  drawSetting(stage);
  drawSubjects(stage);
  if (scene.setting === "forest" && stage.random("near trees").chance(0.6)) drawFrame(stage);
  drawWeather(stage);
  const canvas = isMoving ? pushed(stage) : stage.canvas;
  finish(canvas, style.effects, stage.noise, scene.seed);
  drawMark(canvas.getContext("2d"), width, height);
  return canvas;
}

/** The picture seen by a camera that drifts in and back once a loop. */
function pushed(stage: Stage): Canvas {
  const { width, height } = stage;
  const canvas = createCanvas(width, height);
  const zoom = 1.045 - 0.04 * Math.cos(2 * Math.PI * stage.moment);
  const shift = stage.sway(1) * width * 0.008;
  const ctx = canvas.getContext("2d");
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(
    stage.canvas,
    (width - width * zoom) / 2 + shift,
    (height - height * zoom) * 0.6,
    width * zoom,
    height * zoom,
  );
  return canvas;
}
