// The form of an encode, from the options that the modes declare.

import { make } from "./api.js";

const color = document.getElementById("color");
const own = document.getElementById("own-fields");
const shared = document.getElementById("shared-fields");

export const SEVERAL = "Each one that is chosen becomes a job";

export function showForm(modes) {
  color.replaceChildren(...modes.map((mode) => make("option", { value: mode.color }, `${mode.color}: ${mode.summary}`)));
  const show = () => {
    const kept = values();
    const mode = modes.find((candidate) => candidate.color === color.value);
    fill(own, mode.fields, kept);
    fill(shared, mode.shared, kept);
  };
  color.addEventListener("change", show);
  show();
}

// The fields that a person has filled in, as text.
export function values() {
  const fields = [...own.querySelectorAll("[name]:not(fieldset *)"), ...shared.querySelectorAll("[name]")];
  return Object.fromEntries(fields.filter((field) => field.value).map((field) => [field.name, field.value]));
}

export const chosenColor = () => color.value;

// The networks that a person has chosen, none if that is left to gvc.
export const chosenNetworks = () => checkedIn(own);

export const checkedIn = (place) => [...place.querySelectorAll("fieldset :checked")].map((box) => box.value);

// Boxes for several values at once.
export function several(name, legend, help, choices, checked) {
  const boxes = choices.map((value) => make("label", {}, make("input", { type: "checkbox", name, value, checked: checked.includes(value) }), ` ${value}`));
  return make("fieldset", { className: "several" }, make("legend", {}, legend), make("small", {}, help), ...boxes);
}

function fill(place, fields, kept) {
  const networks = chosenNetworks();
  place.replaceChildren(
    ...fields.flatMap((field) => {
      if (field.kind === "several") return [several(field.name, field.label, `${SEVERAL}; without any, gvc chooses.`, field.values, networks)];
      const id = `option-${field.name}`;
      const about = `about-${field.name}`;
      const entry = entryOf(field);
      Object.assign(entry, { id, name: field.name });
      entry.setAttribute("aria-describedby", about);
      if (kept[field.name] !== undefined) entry.value = kept[field.name];
      return [make("label", { htmlFor: id }, field.label), entry, make("small", { id: about }, field.help)];
    }),
  );
}

function entryOf(field) {
  if (field.kind === "choice") {
    const options = field.values.map((value) => make("option", { value }, value));
    return make("select", {}, make("option", { value: "" }, "as gvc chooses"), ...options);
  }
  if (field.kind === "text") return make("input", { type: "text", placeholder: field.placeholder, maxLength: 500 });
  return make("input", { type: "number", step: field.kind === "integer" ? "1" : "any", placeholder: field.placeholder });
}
