/* [data-print] opens the browser's print dialogue. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
})();
