/*
 * notice_read - files with licences and copyright lines, read once more.
 *
 * Texts come from pinned sources as they were unpacked, never from the
 * building machine, so that they are the same wherever a program is built.
 */
#ifndef KEELSON_SBOM_NOTICE_NOTICE_READ_H
#define KEELSON_SBOM_NOTICE_NOTICE_READ_H

#include "sbom/notice/notice.h"

/* The head of a source, where its copyright lines are; empty for one that the
   build of others left behind nowhere. 0 or -1. */
int notice_read_head(const struct model *m, const struct model_source *s,
	struct str *out, struct err *e);

/* A file of an unpacked source, with the digest of its manifest. 0 or -1. */
int notice_read_manifest(const struct model *m, const struct evidence_file *f,
	struct str *out, struct err *e);

/* usr/share/doc/PACKAGE/copyright of an unpacked binary package; empty when it
   has none. 0 or -1. */
int notice_read_binary(const struct model *m, const struct lock_line *line,
	struct str *out, struct err *e);

/* The licence of the project itself: LICENSE or the like in its root; empty
   when there is none.  *name is the file's. 0 or -1. */
int notice_read_own(const struct model *m, const char **name, struct str *out,
	struct err *e);

/* Does a file in the root of a source hold licences, by its name? */
bool notice_is_licence_file(struct str base_name);

#endif
