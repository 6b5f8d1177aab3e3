/*
 * `keelson diff OLD NEW`: what changed between two images: files, packages of
 * the SBOM, sizes.  Both lists are in order, so one walk over the two tells
 * what is only here, only there, or in both and different.
 *
 * Exit code 0: no difference, 1: some (or a failure, which says so), as
 * diff(1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "images/bill.h"
#include "images/command.h"
#include "images/listing.h"
#include "images/view.h"

#define DIFF_NAMES_BYTES ((size_t)128 << 20) /* names of both images */
#define DIFF_PACKAGES    4096                /* packages of one SBOM */

struct package {
	struct str name, version;
};

struct side {
	struct view view;
	struct listing layer;
	struct package *packages; /* in the arena, by name */
	size_t n_packages;
};

static bool same_file(const struct listed *a, const struct listed *b)
{
	return a->type == b->type && a->mode == b->mode && a->uid == b->uid &&
	       a->gid == b->gid && !strcmp(a->sha256, b->sha256);
}

static void say_file(char sign, const struct listed *x)
{
	printf("%c /%.*s", sign, STR_ARG(x->path));
	if (x->type == TAR_DIR)
		printf("/");
	else if (x->link.n)
		printf(" -> %.*s", STR_ARG(x->link));
	else
		printf(" (%llu bytes)", (unsigned long long)x->size_bytes);
	printf("\n");
}

static void say_change(const struct listed *a, const struct listed *b)
{
	printf("~ /%.*s", STR_ARG(a->path));
	if (a->type != b->type)
		printf(" type %c -> %c", a->type, b->type);
	if (a->mode != b->mode)
		printf(" mode %o -> %o", (unsigned)a->mode, (unsigned)b->mode);
	if (a->uid != b->uid || a->gid != b->gid)
		printf(" owner %u:%u -> %u:%u", a->uid, a->gid, b->uid, b->gid);
	if (strcmp(a->sha256, b->sha256) != 0)
		printf(" content, %llu -> %llu bytes",
			(unsigned long long)a->size_bytes,
			(unsigned long long)b->size_bytes);
	printf("\n");
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

		found += c != 0 || !same_file(&a->items[i], &b->items[k]);
		if (c < 0)
			say_file('-', &a->items[i]);
		else if (c > 0)
			say_file('+', &b->items[k]);
		else if (!same_file(&a->items[i], &b->items[k]))
			say_change(&a->items[i], &b->items[k]);
		i += c <= 0;
		k += c >= 0;
	}
	return found;
}

static size_t diff_packages(const struct side *a, const struct side *b)
{
	size_t i = 0, k = 0, found = 0;

	while (i < a->n_packages || k < b->n_packages) {
		const struct package *x = &a->packages[i];
		const struct package *y = &b->packages[k];
		int c = i == a->n_packages   ? 1
			: k == b->n_packages ? -1
					     : str_cmp(x->name, y->name);
		bool is_same = c == 0 && str_eq(x->version, y->version);

		found += !is_same;
		if (c < 0)
			printf("- package %.*s %.*s\n", STR_ARG(x->name),
				STR_ARG(x->version));
		else if (c > 0)
			printf("+ package %.*s %.*s\n", STR_ARG(y->name),
				STR_ARG(y->version));
		else if (!is_same)
			printf("~ package %.*s %.*s -> %.*s\n",
				STR_ARG(x->name), STR_ARG(x->version),
				STR_ARG(y->version));
		i += c <= 0;
		k += c >= 0;
	}
	return found;
}

static void diff_size(const struct side *a, const struct side *b)
{
	int64_t x = node_whole(node_get(a->view.layer, "size"), 0);
	int64_t y = node_whole(node_get(b->view.layer, "size"), 0);

	if (x != y)
		printf("~ layer %lld -> %lld bytes (%+lld)\n", (long long)x,
			(long long)y, (long long)(y - x));
}

static int order(const void *a, const void *b)
{
	const struct package *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

static int read_packages(struct side *s, struct arena *a, struct err *e)
{
	const struct node *spdx, *list;
	char hex[SHA256_HEX + 1];

	s->packages = arena_alloc(a, DIFF_PACKAGES * sizeof(*s->packages));
	if (!s->packages)
		return err_kind(e, ERR_LIMIT, "out of memory");
	if (bill_find(&s->view, &s->layer, &spdx, hex, e) < 0)
		return -1;
	list = node_get(spdx, "packages");
	for (const struct node *p = node_first(list);
		p && s->n_packages < DIFF_PACKAGES; p = p->next)
		s->packages[s->n_packages++] =
			(struct package){node_text(node_get(p, "name")),
				node_text(node_get(p, "versionInfo"))};
	qsort(s->packages, s->n_packages, sizeof(*s->packages), order);
	return 0;
}

static int read_side(
	const char *dir, struct side *s, struct arena *a, struct err *e)
{
	if (view_open(dir, &s->view, e) < 0 ||
		listing_read(&s->view, a, &s->layer, e) < 0)
		return -1;
	return read_packages(s, a, e);
}

static void free_side(struct side *s)
{
	listing_free(&s->layer);
	view_close(&s->view);
}

int diff_main(size_t n, const char *const *operands)
{
	struct arena arena = arena_make(DIFF_NAMES_BYTES);
	struct side a = {0}, b = {0};
	struct err e = {0};
	size_t found = 0;
	int code = 1;

	(void)n;
	if (read_side(operands[0], &a, &arena, &e) < 0 ||
		read_side(operands[1], &b, &arena, &e) < 0) {
		fprintf(stderr, "keelson: %s\n", e.text);
	} else {
		found = diff_packages(&a, &b) + diff_files(&a.layer, &b.layer);
		diff_size(&a, &b);
		code = found || strcmp(view_digest(a.view.image),
					view_digest(b.view.image));
	}
	free_side(&a);
	free_side(&b);
	arena_free(&arena);
	return code;
}
