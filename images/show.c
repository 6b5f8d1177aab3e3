/*
 * `keelson image show IMAGE`: one image for people: its names, how it runs,
 * what it holds.
 */
#include <stdio.h>

#include "images/command.h"
#include "images/listing.h"
#include "images/view.h"

#define SHOW_NAMES_BYTES ((size_t)64 << 20)

static bool has_files;

const struct args_option show_options[] = {
	{.name = "files",
		.letter = 'f',
		.type = ARGS_SWITCH,
		.value = &has_files,
		.help = "list every file with mode, owner, size and sha256"},
	{.name = NULL},
};

static void say_text(const char *label, struct str s)
{
	if (s.n)
		printf("%-12s %.*s\n", label, STR_ARG(s));
}

static void say_list(const char *label, const struct node *list)
{
	if (!node_first(list))
		return;
	printf("%-12s", label);
	for (const struct node *c = node_first(list); c; c = c->next)
		printf(" %.*s", STR_ARG(node_text(c)));
	printf("\n");
}

static void say_image(const struct view *v)
{
	const struct node *run = node_get(v->config, "config");
	const struct node *env = node_get(run, "Env");

	say_text("title", view_annotation(v, OCI_KEY("title")));
	say_text("about", view_annotation(v, OCI_KEY("description")));
	say_text("name", view_annotation(v, "io.containerd.image.name"));
	say_text("digest", str_of(view_digest(v->image)));
	say_text(
		"config", str_of(view_digest(node_get(v->manifest, "config"))));
	say_text("layer", str_of(view_digest(v->layer)));
	say_text("created", node_text(node_get(v->config, "created")));
	say_text("platform", node_text(node_get(v->config, "architecture")));
	say_text("user", node_text(node_get(run, "User")));
	say_list("entrypoint", node_get(run, "Entrypoint"));
	say_list("cmd", node_get(run, "Cmd"));
	for (const struct node *c = node_first(env); c; c = c->next)
		say_text("env", node_text(c));
}

static void say_files(const struct listing *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct listed *x = &l->items[i];

		printf("%04o %5u:%-5u %9llu %-64s /%.*s%s%.*s\n",
			(unsigned)x->mode, x->uid, x->gid,
			(unsigned long long)x->size_bytes, x->sha256,
			STR_ARG(x->path),
			x->type == TAR_DIR ? "/"
			: x->link.n        ? " -> "
					   : "",
			STR_ARG(x->link));
	}
}

static void say_sums(const struct view *v, const struct listing *l)
{
	size_t files = 0;
	uint64_t bytes = 0;

	for (size_t i = 0; i < l->n; i++) {
		files += l->items[i].type != TAR_DIR;
		bytes += l->items[i].size_bytes;
	}
	printf("%-12s %zu files of %llu bytes, layer %lld bytes\n", "holds",
		files, (unsigned long long)bytes,
		(long long)node_whole(node_get(v->layer, "size"), 0));
}

static int show(const char *dir, struct arena *a, struct err *e)
{
	AUTO_LISTING struct listing l = {0};
	AUTO_VIEW struct view v = {0};
	const struct node *sbom;

	if (view_open(dir, &v, e) < 0 || listing_read(&v, a, &l, e) < 0 ||
		view_referrer(&v, OCI_SPDX, &sbom, e) < 0)
		return -1;
	say_image(&v);
	say_text("sbom", str_of(view_digest(sbom)));
	say_sums(&v, &l);
	if (has_files)
		say_files(&l);
	return 0;
}

int show_main(size_t n, const char *const *operands)
{
	struct arena a = arena_make(SHOW_NAMES_BYTES);
	struct err e = {0};
	int r = show(operands[0], &a, &e);

	(void)n;
	arena_free(&a);
	if (r == 0)
		return 0;
	fprintf(stderr, "keelson: %s\n", e.text);
	return err_exit(&e);
}
