// Bundles the page into dist/: one script, one style sheet, the page itself and the notices of everything bundled.
import { build } from "esbuild";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const OUT = "dist";

// GraphiQL's style sheet carries 34 web fonts, three quarters of its size; the page takes the system's fonts instead.
const withoutFonts = {
  name: "without-fonts",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: text.replaceAll(/@font-face\s*\{[^}]*\}/g, ""), loader: "css" };
    });
  },
};

const result = await (async () => {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(OUT, { recursive: true });
  return build({
    entryPoints: { graphiql: "main.jsx" },
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022"],
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [withoutFonts],
    legalComments: "none",
    outdir: OUT,
    metafile: true,
  });
})();

await cp("index.html", join(OUT, "index.html"));
await writeFile(join(OUT, "LICENSES.txt"), await notices(Object.keys(result.metafile.inputs)));

// The packages whose files are in the bundle, each with its version, licence and the text of its licence file.
async function notices(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const parts = input.split("node_modules/");
    if (parts.length < 2) continue;
    const tail = parts.at(-1).split("/");
    const name = tail[0].startsWith("@") ? tail.slice(0, 2).join("/") : tail[0];
    folders.add(parts.slice(0, -1).join("node_modules/") + "node_modules/" + name);
  }
  const sections = [];
  for (const folder of [...folders].sort()) {
    const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|ofl)/i.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    const home = typeof about.repository === "string" ? about.repository : (about.repository?.url ?? about.homepage ?? "");
    const body = texts.length > 0 ? texts.map((text) => text.trim().replaceAll("\r\n", "\n")).join("\n\n") : `License: ${about.license} (the package carries no licence file)`;
    sections.push(`${about.name} ${about.version} (${about.license})\n${home}\n\n${body}\n`);
  }
  return "Notices for the software bundled in graphiql.js and graphiql.css.\n\n" + sections.join("\n" + "-".repeat(80) + "\n\n");
}
