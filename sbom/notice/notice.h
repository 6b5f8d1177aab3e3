/*
 * notice - whose code an image holds, under which licences, with their texts,
 * and what these demand of whoever passes it on.
 *
 * All of it follows from what was linked and taken: a licence of a file that
 * no linker took is not here.  notice_make() (notice_make.h) fills it from the
 * model; documents are written from it, SBOMs take texts and copyright lines.
 */
#ifndef KEELSON_SBOM_NOTICE_NOTICE_H
#define KEELSON_SBOM_NOTICE_NOTICE_H

#include "lib/base/buf.h"
#include "sbom/licence/expression.h"
#include "sbom/model/model.h"

/* A text, once, whoever needs it. */
struct notice_text {
	struct str name; /* "GPL-2" where it is common, else "MIT" */
	bool is_common;  /* the same in every package (sbom/licence/rule.h) */
	struct str text; /* ends with a line feed */
	struct str from; /* the file that it was found in */
};

/* One licence that is made use of, out of the expressions of a part. */
struct notice_use {
	struct str id;                  /* "GPL-2.0-only", its exception too */
	unsigned duties;                /* DUTY_* of sbom/licence/rule.h */
	const struct notice_text *text; /* NULL: none found, or none needed */
	const struct notice_text *text_too; /* that it adds to; NULL: none */
};

/* The files of a part that have one licence. */
struct notice_group {
	struct str licence; /* SPDX expression */
	size_t files;
	const struct model_source *example; /* NULL: taken, not linked */
	struct str *lines; /* on copyright; sorted, each once */
	size_t n_lines, lines_room;
	unsigned under;   /* UNDER_* of the programs that they are in; of what
			     is no program, all */
	bool is_in_whole; /* one of them is in a program that is GPL */
};

/* What is from one package; the project's own files; those of the host. */
struct notice_part {
	struct str name, version;
	const struct model_package *package; /* NULL: own, or of the host */
	const struct model_host *host;
	struct notice_group *groups; /* by licence */
	size_t n_groups, groups_room;
	struct notice_use *uses; /* by id */
	size_t n_uses, uses_room;
	unsigned duties; /* of all uses */
	/* Its source has to be offered because of a whole that it is in. */
	bool is_offered;
};

struct notice_program {
	struct str path; /* in the image */
	unsigned under;  /* UNDER_*, one bit; 0: nothing fits */
};

enum notice_problem_kind {
	NOTICE_CONFLICT, /* licences that exclude each other in a program */
	NOTICE_MISSING,  /* a text that has to go along was not found */
	NOTICE_UNKNOWN,  /* a licence without a rule, or none is known */
};

/* With the chain that causes it, in several lines. */
struct notice_problem {
	enum notice_problem_kind kind;
	struct str text;
};

struct notice {
	const struct model *model;
	struct notice_program *programs;
	size_t n_programs;
	struct notice_part *parts; /* own, packages by name, the host's */
	size_t n_parts, parts_room;
	struct notice_text **texts;
	size_t n_texts, texts_room;
	struct notice_problem *problems;
	size_t n_problems, problems_room;
	struct str *copyright; /* of model->sources, by index; lines */
};

/* The part that a package of the model, a host's package or (both NULL) the
   project is; NULL: nothing of it is inside. */
const struct notice_part *notice_part(const struct notice *n,
	const struct model_package *package, const struct model_host *host);

/* The lines on copyright of a part, joined; empty: none. 0 or -1. */
int notice_copyright(const struct notice *n, const struct notice_part *p,
	struct str *out, struct err *e);

/* The text of a licence that SPDX has no name for, "LicenseRef-x"; empty: none.
   Where parts have several, each stands under "NAME VERSION:". 0 or -1. */
int notice_custom(
	const struct notice *n, struct str id, struct str *out, struct err *e);

/* ---- for the files that fill it ---- */

enum {
	NOTICE_LINE_MAX = 1024,
	NOTICE_TEXT_MAX = 1 << 20,
	NOTICE_PATH_BYTES = 2048,
};

/* A text of the arena from a buffer. 0 or -1. */
int notice_keep(const struct notice *n, const struct buf *b, struct str *out,
	struct err *e);

/* Parse a licence; *out stays NULL for a text that is no expression.
   0 or -1: no memory. */
int notice_parse(const struct notice *n, struct str licence,
	const struct expression **out, struct err *e);

/* Add a line on copyright to a group, unless it is there. 0 or -1. */
int notice_add_line(const struct notice *n, struct notice_group *g,
	struct str line, struct err *e);

/* Report a problem; its text is copied. 0 or -1. */
int notice_add_problem(struct notice *n, enum notice_problem_kind kind,
	const struct buf *text, struct err *e);

#endif
