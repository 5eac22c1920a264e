// Short two-tone signals, synthesised: no sound file to load. Browsers let a page sound only after somebody pressed something.

const TUNES = {
  message: [660, 880],
  assigned: [523, 784],
  waiting: [784, 587],
};
const NOTE_SECONDS = 0.13;

function note(context, frequency, at) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.16, at + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + NOTE_SECONDS);
}

/** A sounder: `unlock()` inside a press, then `play("message" | "assigned" | "waiting")`; silent where sound is refused. */
export function createSound({ isOn = () => true, Context = globalThis.AudioContext } = {}) {
  let context = null;
  return {
    unlock() {
      if (!Context) return;
      context ??= new Context();
      if (context.state === "suspended") context.resume().catch(() => {});
    },
    play(name) {
      if (!isOn() || context?.state !== "running") return;
      TUNES[name].forEach((frequency, index) => note(context, frequency, context.currentTime + index * NOTE_SECONDS));
    },
  };
}
