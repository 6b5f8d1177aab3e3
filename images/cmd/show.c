/*
 * show - `keelson image show IMAGE`: names, how the image runs, what it holds.
 */
#include "images/cmd/commands.h"
#include "images/cmd/target.h"
#include "images/read/listing_layer.h"
#include "images/read/platform.h"
#include "images/read/view.h"
#include "lib/base/json.h"
#include "lib/base/shown.h"
#include "lib/base/whole.h"

#define SHOW_NAMES_BYTES ((size_t)64 << 20) /* names of one image */
#define SHOW_JSON_BYTES  ((size_t)256 << 20)

static bool show_lists_files, show_wants_json;
static const char *show_platform;

static const struct args_option show_options[] = {
	TARGET_PLATFORM(&show_platform),
	{.name = "files",
		.letter = 'f',
		.type = ARGS_SWITCH,
		.value = &show_lists_files,
		.help = "list every file with mode, owner, size and SHA-256"},
	{.name = "json",
		.type = ARGS_SWITCH,
		.value = &show_wants_json,
		.help = "print one JSON object"},
	{.name = NULL},
};

static void show_text(const char *label, struct str s)
{
	if (s.n)
		shown_line(stdout, "%-12s %.*s", label, STR_ARG(s));
}

static void show_list(const char *label, const struct node *list)
{
	if (!node_first(list))
		return;
	shown_part(stdout, "%-12s", label);
	for (const struct node *c = node_first(list); c; c = c->next)
		shown_part(stdout, " %.*s", STR_ARG(node_text(c)));
	putchar('\n');
}

static void show_platform_of(const struct view *v)
{
	AUTO_BUF struct buf name = buf_growing(PLATFORM_BYTES * 8);

	platform_write(v->config, &name);
	show_text("platform", buf_view(&name));
	if (v->images)
		show_text("index", str_of(view_digest(v->images)));
}

static void show_image(const struct view *v)
{
	const struct node *run = node_get(v->config, "config");
	const struct node *env = node_get(run, "Env");

	show_text("title", view_annotation(v, OCI_KEY("title")));
	show_text("about", view_annotation(v, OCI_KEY("description")));
	show_text("name", view_annotation(v, "io.containerd.image.name"));
	show_text("digest", str_of(view_digest(v->image)));
	show_text(
		"config", str_of(view_digest(node_get(v->manifest, "config"))));
	show_text("layer", str_of(view_digest(v->layer)));
	show_text("created", node_text(node_get(v->config, "created")));
	show_platform_of(v);
	show_text("user", node_text(node_get(run, "User")));
	show_list("entrypoint", node_get(run, "Entrypoint"));
	show_list("cmd", node_get(run, "Cmd"));
	for (const struct node *c = node_first(env); c; c = c->next)
		show_text("env", node_text(c));
}

static void show_files(const struct listing *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct listed *x = &l->items[i];

		shown_line(stdout, "%04o %5u:%-5u %9llu %-64s /%.*s%s%.*s",
			(unsigned)x->mode, x->uid, x->gid,
			(unsigned long long)x->size_bytes, x->sha256,
			STR_ARG(x->path),
			x->type == TAR_DIR ? "/"
			: x->link.n        ? " -> "
					   : "",
			STR_ARG(x->link));
	}
}

static void show_sums(const struct view *v, const struct listing *l)
{
	size_t files = 0;
	uint64_t bytes = 0;

	for (size_t i = 0; i < l->n; i++) {
		files += l->items[i].type != TAR_DIR;
		bytes += l->items[i].size_bytes;
	}
	shown_line(stdout, "%-12s %zu files of %llu bytes, layer %lld bytes",
		"holds", files, (unsigned long long)bytes,
		(long long)node_whole(node_get(v->layer, "size"), 0));
}

/* ---- for programs ------------------------------------------------------ */

static const char *type_name(enum tar_type type)
{
	static const struct {
		enum tar_type type;
		const char *name;
	} names[] = {
		{TAR_FILE, "file"},
		{TAR_HARD_LINK, "hardlink"},
		{TAR_SYMLINK, "symlink"},
		{TAR_DIR, "directory"},
		{TAR_CHAR, "character device"},
		{TAR_BLOCK, "block device"},
		{TAR_FIFO, "fifo"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].type == type)
			return names[i].name;
	return "other";
}

static void files_json(struct json_out *o, const struct listing *l)
{
	json_list(o, "files");
	for (size_t i = 0; i < l->n; i++) {
		const struct listed *x = &l->items[i];

		json_map(o, NULL);
		json_str(o, "path", x->path);
		json_text(o, "type", type_name(x->type));
		json_whole(o, "mode", x->mode);
		json_whole(o, "uid", x->uid);
		json_whole(o, "gid", x->gid);
		json_whole(o, "size", (int64_t)x->size_bytes);
		if (x->link.n)
			json_str(o, "link", x->link);
		if (x->sha256[0])
			json_text(o, "sha256", x->sha256);
		json_map_end(o);
	}
	json_list_end(o);
}

static void text_json(struct json_out *o, const char *key, struct str s)
{
	if (s.n)
		json_str(o, key, s);
}

/* The configuration stands as it is in the image. */
static int show_json(const struct view *v, const struct node *sbom,
	const struct listing *l, struct err *e)
{
	AUTO_BUF struct buf line = buf_growing(SHOW_JSON_BYTES);
	struct json_out o = json_out(&line, 0);

	json_map(&o, NULL);
	text_json(&o, "name", view_annotation(v, "io.containerd.image.name"));
	json_text(&o, "digest", view_digest(v->image));
	text_json(&o, "sbom", str_of(view_digest(sbom)));
	json_node(&o, "manifest", v->manifest);
	json_node(&o, "config", v->config);
	if (show_lists_files)
		files_json(&o, l);
	json_map_end(&o);
	buf_byte(&line, '\n');
	if (whole_check(&line, v->path, e) < 0)
		return -1;
	fwrite(line.p, 1, line.n, stdout);
	return 0;
}

static int show_print(const char *dir, struct arena *a, struct err *e)
{
	AUTO_LISTING struct listing l = {0};
	AUTO_VIEW struct view v = {0};
	const struct node *sbom;

	if (view_open_one(dir, &(struct choice){.platform = show_platform}, &v,
		    e) < 0 ||
		listing_layer(&v, a, &l, e) < 0 ||
		view_referrer(&v, OCI_SPDX, &sbom, e) < 0)
		return -1;
	if (show_wants_json)
		return show_json(&v, sbom, &l, e);
	show_image(&v);
	show_text("sbom", str_of(view_digest(sbom)));
	show_sums(&v, &l);
	if (show_lists_files)
		show_files(&l);
	return 0;
}

static int show_run(size_t n, const char *const *operands)
{
	AUTO_ARENA struct arena a = arena_make(SHOW_NAMES_BYTES);
	struct err e = {0};

	(void)n;
	return show_print(operands[0], &a, &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_show = {
	.name = "show",
	.operands = "IMAGE",
	.summary = "Show one image: names, how it runs, what it holds",
	.text = "IMAGE is an OCI layout or a tar of one.",
	.options = show_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = show_run,
};
