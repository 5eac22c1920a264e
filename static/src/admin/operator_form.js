// The form of a person: the chosen photo shows at once, and the visitors' card follows the typed name.

const SHOWN_TYPES = /^image\/(jpeg|gif|png|bmp|webp)$/;

/** Shows a chosen or dropped picture before it is sent; formats that browsers cannot show keep their file's name. */
export function initPhoto(root) {
  for (const place of root.querySelectorAll("[data-photo]")) {
    const input = place.querySelector("input[type=file]");
    const picture = place.querySelector("[data-photo-shown]");
    const name = place.querySelector("[data-photo-name]");
    let address = "";
    input.addEventListener("change", () => {
      const [file] = input.files;
      if (!file) return;
      name.textContent = file.name;
      URL.revokeObjectURL(address);
      if (!SHOWN_TYPES.test(file.type)) return;
      address = URL.createObjectURL(file);
      picture.src = address;
      picture.hidden = false;
      picture.nextElementSibling.hidden = true;
    });
    acceptDrops(place.querySelector(".drop"), input);
  }
}

function acceptDrops(zone, input) {
  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragover");
    });
  }
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** What is typed in a field shows where the field is mirrored. */
export function initMirrors(root) {
  for (const place of root.querySelectorAll("[data-mirror]")) {
    const input = root.getElementById(place.dataset.mirror);
    if (!input) continue;
    const draw = () => {
      place.textContent = input.value;
    };
    input.addEventListener("input", draw);
    draw();
  }
}
