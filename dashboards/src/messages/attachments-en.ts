/** Words of drawings and documents. */
export const attachmentsEn = {
  attachments: {
    title: "Drawings and documents",
    add: "Attach a file",
    none: "Nothing is attached.",
    file: "File",
    hint: "PDF, PNG, JPEG, SVG or STEP, at most 10 MiB.",
    step: "Belongs to",
    ofItem: "The item",
    size: "Size",
    by: "Attached",
    remove: "Remove",
    removeOne: "Remove {name}",
    sure: "It cannot be brought back.",
  },
};
