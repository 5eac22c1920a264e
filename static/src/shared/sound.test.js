import assert from "node:assert/strict";
import { test } from "node:test";

import { createSound } from "./sound.js";

class FakeContext {
  static tones = 0;
  state = "suspended";
  currentTime = 0;
  resume() {
    this.state = "running";
    return Promise.resolve();
  }
  createOscillator() {
    FakeContext.tones += 1;
    return { frequency: {}, connect: (target) => target, start() {}, stop() {} };
  }
  createGain() {
    const gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    return { gain, connect: (target) => target };
  }
}

test("sounds two tones once a press has unlocked it, and only while it is switched on", () => {
  FakeContext.tones = 0;
  let isOn = true;
  const sound = createSound({ isOn: () => isOn, Context: FakeContext });
  sound.play("message");
  assert.equal(FakeContext.tones, 0);
  sound.unlock();
  sound.play("message");
  assert.equal(FakeContext.tones, 2);
  isOn = false;
  sound.play("message");
  assert.equal(FakeContext.tones, 2);
});

test("a browser without sound stays silent without an error", () => {
  const sound = createSound({ Context: undefined });
  sound.unlock();
  sound.play("assigned");
});
