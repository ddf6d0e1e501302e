// When a silence or a hold ends, as its form says.

let morning = "";

// Tomorrow's eight o'clock of the stores, as the newest picture says.
export function observeMorning(moment) {
  morning = moment;
}

export function endOf(form) {
  const { end, time } = form.elements;
  if (end.value === "morning") return { until: morning };
  return end.value === "time" ? { until: time.value } : { hours: Number(end.value) };
}

// Ask for a time only where one is wanted; also after the form was reset.
export function askForTime(form) {
  const { end, time } = form.elements;
  time.required = end.value === "time";
  time.closest("label").hidden = !time.required;
}
