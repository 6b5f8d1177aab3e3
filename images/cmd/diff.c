/*
 * diff - `keelson diff OLD NEW`: files, packages of the SBOM and sizes that
 * changed between two images.
 *
 * Both lists are sorted, so one walk over the two finds what is only in one
 * of them and what is in both but differs.
 *
 * Exit code as diff(1): 0 for no difference, 1 for some, or a failure, which
 * is reported.
 */
#include "images/cmd/commands.h"
#include "images/cmd/target.h"
#include "images/read/find_sbom.h"
#include "images/read/listing_layer.h"
#include "images/read/view.h"
#include "lib/base/shown.h"

#include <stdlib.h>
#include <string.h>

#define DIFF_NAMES_BYTES ((size_t)128 << 20) /* names of both images */
#define DIFF_PACKAGES    4096                /* packages of one SBOM */

static const char *diff_platform;

static const struct args_option diff_options[] = {
	TARGET_PLATFORM(&diff_platform),
	{.name = NULL},
};

struct diff_package {
	struct str name, version;
};

struct diff_side {
	struct view view;
	struct listing layer;
	struct diff_package *packages; /* in the arena, by name */
	size_t n_packages;
};

static bool is_same_file(const struct listed *a, const struct listed *b)
{
	return a->type == b->type && a->mode == b->mode && a->uid == b->uid &&
	       a->gid == b->gid && !strcmp(a->sha256, b->sha256);
}

static void diff_print_one(char sign, const struct listed *x)
{
	if (x->type == TAR_DIR)
		shown_line(stdout, "%c /%.*s/", sign, STR_ARG(x->path));
	else if (x->link.n)
		shown_line(stdout, "%c /%.*s -> %.*s", sign, STR_ARG(x->path),
			STR_ARG(x->link));
	else
		shown_line(stdout, "%c /%.*s (%llu bytes)", sign,
			STR_ARG(x->path), (unsigned long long)x->size_bytes);
}

static void diff_print_change(const struct listed *a, const struct listed *b)
{
	shown_part(stdout, "~ /%.*s", STR_ARG(a->path));
	if (a->type != b->type)
		shown_part(stdout, " type %c -> %c", a->type, b->type);
	if (a->mode != b->mode)
		shown_part(stdout, " mode %o -> %o", (unsigned)a->mode,
			(unsigned)b->mode);
	if (a->uid != b->uid || a->gid != b->gid)
		shown_part(stdout, " owner %u:%u -> %u:%u", a->uid, a->gid,
			b->uid, b->gid);
	if (strcmp(a->sha256, b->sha256) != 0)
		shown_part(stdout, " content, %llu -> %llu bytes",
			(unsigned long long)a->size_bytes,
			(unsigned long long)b->size_bytes);
	putchar('\n');
}

/* The number of differences. */
static size_t diff_files(const struct listing *a, const struct listing *b)
{
	size_t i = 0, k = 0, found = 0;

	while (i < a->n || k < b->n) {
		int c = i == a->n ? 1
			: k == b->n
				? -1
				: str_cmp(a->items[i].path, b->items[k].path);

		found += c != 0 || !is_same_file(&a->items[i], &b->items[k]);
		if (c < 0)
			diff_print_one('-', &a->items[i]);
		else if (c > 0)
			diff_print_one('+', &b->items[k]);
		else if (!is_same_file(&a->items[i], &b->items[k]))
			diff_print_change(&a->items[i], &b->items[k]);
		i += c <= 0;
		k += c >= 0;
	}
	return found;
}

static size_t diff_packages(
	const struct diff_side *a, const struct diff_side *b)
{
	size_t i = 0, k = 0, found = 0;

	while (i < a->n_packages || k < b->n_packages) {
		const struct diff_package *x = &a->packages[i];
		const struct diff_package *y = &b->packages[k];
		int c = i == a->n_packages   ? 1
			: k == b->n_packages ? -1
					     : str_cmp(x->name, y->name);
		bool is_same = c == 0 && str_eq(x->version, y->version);

		found += !is_same;
		if (c < 0)
			shown_line(stdout, "- package %.*s %.*s",
				STR_ARG(x->name), STR_ARG(x->version));
		else if (c > 0)
			shown_line(stdout, "+ package %.*s %.*s",
				STR_ARG(y->name), STR_ARG(y->version));
		else if (!is_same)
			shown_line(stdout, "~ package %.*s %.*s -> %.*s",
				STR_ARG(x->name), STR_ARG(x->version),
				STR_ARG(y->version));
		i += c <= 0;
		k += c >= 0;
	}
	return found;
}

static void diff_size(const struct diff_side *a, const struct diff_side *b)
{
	int64_t x = node_whole(node_get(a->view.layer, "size"), 0);
	int64_t y = node_whole(node_get(b->view.layer, "size"), 0);

	if (x != y)
		shown_line(stdout, "~ layer %lld -> %lld bytes (%+lld)",
			(long long)x, (long long)y, (long long)(y - x));
}

static int diff_order_packages(const void *a, const void *b)
{
	const struct diff_package *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

static int diff_read_packages(
	struct diff_side *s, struct arena *a, struct err *e)
{
	const struct node *spdx, *list;
	char hex[SHA256_HEX + 1];

	s->packages = arena_alloc(a, DIFF_PACKAGES * sizeof(*s->packages));
	if (!s->packages)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (find_sbom(&s->view, &s->layer, &spdx, hex, e) < 0)
		return -1;
	list = node_get(spdx, "packages");
	for (const struct node *p = node_first(list);
		p && s->n_packages < DIFF_PACKAGES; p = p->next)
		s->packages[s->n_packages++] =
			(struct diff_package){node_text(node_get(p, "name")),
				node_text(node_get(p, "versionInfo"))};
	qsort(s->packages, s->n_packages, sizeof(*s->packages),
		diff_order_packages);
	return 0;
}

static int diff_read_side(
	const char *dir, struct diff_side *s, struct arena *a, struct err *e)
{
	if (view_open_one(dir, &(struct choice){.platform = diff_platform},
		    &s->view, e) < 0 ||
		listing_layer(&s->view, a, &s->layer, e) < 0)
		return -1;
	return diff_read_packages(s, a, e);
}

static void diff_free_side(struct diff_side *s)
{
	listing_free(&s->layer);
	view_close(&s->view);
}

static int diff_run(size_t n, const char *const *operands)
{
	AUTO_ARENA struct arena arena = arena_make(DIFF_NAMES_BYTES);
	struct diff_side a = {0}, b = {0};
	struct err e = {0};
	size_t found = 0;
	int code = 1;

	(void)n;
	if (diff_read_side(operands[0], &a, &arena, &e) < 0 ||
		diff_read_side(operands[1], &b, &arena, &e) < 0) {
		command_failure(&e);
	} else {
		found = diff_packages(&a, &b) + diff_files(&a.layer, &b.layer);
		diff_size(&a, &b);
		code = found || strcmp(view_digest(a.view.image),
					view_digest(b.view.image));
	}
	diff_free_side(&a);
	diff_free_side(&b);
	return code;
}

const struct args_command command_diff = {
	.name = "diff",
	.operands = "OLD NEW",
	.summary = "Show what changed between two images",
	.text = "OLD and NEW are OCI layouts or tars of them. Packages "
		"are those of the SBOMs. Exit code 1 when there is a "
		"difference.",
	.options = diff_options,
	.min_operands = 2,
	.max_operands = 2,
	.run = diff_run,
};
