// The sheet of a reader: a horizontal swipe follows the links to the file before and after, as the arrow keys do by
// site.js. Without this file the links stay.
"use strict";
(() => {
  const hint = document.querySelector("[data-keys]");
  if (hint && document.querySelector("a[data-key]")) hint.hidden = false;
  const FAR = 80, FLAT = 40, QUICK = 700, EDGE = 24;
  let start = null;
  addEventListener("touchstart", ({ touches, target, timeStamp }) => {
    const { clientX: x, clientY: y } = touches[0];
    // Not where a finger writes, chooses or moves a wide table, nor at the edges, which are the browser's own.
    const isOurs = touches.length === 1 && x > EDGE && x < innerWidth - EDGE
      && !target.closest("input, textarea, select, label, .table-wrap");
    start = isOurs ? { x, y, at: timeStamp } : null;
  }, { passive: true });
  addEventListener("touchcancel", () => { start = null; }, { passive: true });
  addEventListener("touchend", ({ changedTouches, timeStamp }) => {
    if (!start) return;
    const [{ clientX, clientY }] = changedTouches, across = clientX - start.x;
    const isSwipe = Math.abs(across) > FAR && Math.abs(clientY - start.y) < FLAT && timeStamp - start.at < QUICK;
    start = null;
    if (isSwipe && getSelection().isCollapsed) document.querySelector(`a[data-key="${across < 0 ? "next" : "prev"}"]`)?.click();
  }, { passive: true });
})();
