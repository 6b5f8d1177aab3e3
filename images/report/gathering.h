/*
 * gathering - what the files that fill a page have in common: the product,
 * what is known of it, and memory for texts and lists.
 */
#ifndef KEELSON_IMAGES_REPORT_GATHERING_H
#define KEELSON_IMAGES_REPORT_GATHERING_H

#include "images/attach/signed.h"
#include "images/read/listing.h"
#include "images/read/view.h"
#include "lib/base/arena.h"
#include "sbom/page/page.h"
#include "sbom/sbom.h"
#include "sbom/trace/symbols.h"
#include "sbom/vex/vex.h"

/* A program that was traced. */
struct gather_program {
	const char *path; /* in the image: "/bin/criu" */
	struct str bytes, sha256;
	const struct trace *trace;
	const struct symbols *symbols; /* without entries: not known */
};

/* A public key and the name under which the reader knows it. */
struct gather_key {
	const struct sign_key *key;
	const char *name;
};

struct gather {
	struct arena *arena; /* of all texts and lists of the page */
	const struct lock *lock;
	const struct evidence *evidence;
	const struct sbom_project *project;
	const char *root; /* of the project */
	const char *arch; /* of the product: "arm64" */
	/* Of an image for several, the one that was chosen; NULL: the only. */
	const char *platform;
	bool has_evidence;
	struct view *view; /* of an image; NULL for a program */
	struct listing layer;
	const struct vex_product *product;
	const struct vex_statements *verdicts;
	struct gather_program *programs;
	size_t n_programs;
	const struct gather_key *keys;
	size_t n_keys;
	const char *release; /* of the project, for a program; or NULL */
	int64_t epoch_s;     /* SOURCE_DATE_EPOCH */
	/* Filled on the way. */
	struct sbom sbom;        /* of the programs that were traced */
	const struct node *spdx; /* of the image; NULL: it has none */
	struct page *page;
};

/* Report that memory is out. Always -1. */
int gather_no_memory(struct err *e);

/* A zeroed list with room for n. 0 or -1. */
int gather_room(
	struct gather *g, size_t n, size_t size, void *list, struct err *e);

/* A text of the arena, by printf. 0 or -1. */
int gather_fmt(struct gather *g, struct str *out, struct err *e,
	const char *fmt, ...) ERR_PRINTF(4, 5);

/* A text of the arena from a buffer. 0, or -1 when that was too small. */
int gather_keep(struct gather *g, const struct buf *text, struct str *out,
	struct err *e);

#endif
