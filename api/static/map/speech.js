// Reading aloud by the voice that the browser brings; null where it brings none.

const SLOW = 0.85; // a little slower than people speak: names are heard once

/** What reads aloud: `say(text, ended)` and `stop()`; null where the browser cannot. */
export function reader() {
  const voices = window.speechSynthesis;
  if (!voices || typeof window.SpeechSynthesisUtterance !== "function") return null;
  let ended = () => {};
  const stop = () => {
    ended();
    ended = () => {};
    voices.cancel();
  };
  window.addEventListener("pagehide", stop);
  return {
    say(text, after) {
      stop();
      const spoken = new window.SpeechSynthesisUtterance(text);
      spoken.lang = "zh-CN";
      spoken.rate = SLOW;
      const voice = voices.getVoices().find(({ lang }) => /^(zh|cmn)\b/i.test(lang));
      if (voice) spoken.voice = voice;
      let told = false;
      ended = () => {
        if (!told) after();
        told = true;
      };
      const finish = ended;
      spoken.addEventListener("end", finish);
      spoken.addEventListener("error", finish);
      voices.speak(spoken);
    },
    stop,
  };
}
