/*
 * file_licence - the licence of one file that was compiled, as closely as it
 * is stated.  Documents and tables take it from here, so that they agree.
 */
#ifndef KEELSON_SBOM_MODEL_FILE_LICENCE_H
#define KEELSON_SBOM_MODEL_FILE_LICENCE_H

#include "sbom/trace/trace.h"

/* A package's debian/copyright, by the directory it was unpacked in. */
struct licence_dep5 {
	struct str dir, text;
	const struct licence_dep5 *next;
};

/* Answers that were given already. */
struct licence_book {
	const struct evidence *evidence;
	struct arena *arena;
	const struct licence_dep5 *dep5;
	struct str *list; /* of files */
	size_t n, room;
	struct table by_path; /* of a file -> list */
};

/* Both must live as long as the book. */
struct licence_book licence_book(
	const struct evidence *evidence, struct arena *a);

/*
 * What the file's own tag says (SPDX-License-Identifier), or that it is in the
 * public domain, else the paragraph of debian/copyright that matches it, else
 * the package's licence in the lock. Files of this project and of the host: see
 * licence_of().
 * @out  lives as long as the book's arena
 * 0, or -1: no memory, a debian/copyright that has changed.
 */
int file_licence(struct licence_book *b, const struct trace_file *f,
	struct str *out, struct err *e);

/*
 * The debian/copyright of the package that a file is from, as it was unpacked,
 * and the file's path in it; both empty where there is none. 0 or -1.
 */
int file_licence_dep5(struct licence_book *b, const struct trace_file *f,
	struct str *text, struct str *path, struct err *e);

/* The same as file_licence() of the main source of each object of a trace, by
 * its order. */
int file_licences(struct licence_book *b, const struct trace *t,
	const struct str **out, struct err *e);

#endif
