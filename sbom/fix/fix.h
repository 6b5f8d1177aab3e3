/*
 * fix - the patches that fix a vulnerability, and what they change.
 *
 * Patches are those that were applied to the unpacked sources, Debian's and
 * this project's.  A patch fixes what it names in its file name or in the text
 * before its first file, or what an item of debian/changelog says of it.  What
 * a changelog says of no patch is kept as it stands.
 */
#ifndef KEELSON_SBOM_FIX_FIX_H
#define KEELSON_SBOM_FIX_FIX_H

#include "sbom/fix/c_parts.h"
#include "sbom/trace/trace.h"

enum fix_basis { FIX_BY_NAME, FIX_BY_TEXT, FIX_BY_CHANGELOG };

/* A file that a patch changes, as it is now. */
struct fix_file {
	struct str path;      /* as events name it */
	struct c_part *parts; /* those that hold changed lines, each once */
	size_t n_parts, room;
	/* Hunks whose lines are not in the file: a later patch changed them. */
	size_t lost;
};

struct fix {
	const struct lock_line *package;
	const struct lock_line *from; /* its archive's line; NULL: ours */
	struct str name;              /* in the series; ours: path */
	struct evidence_made patch;
	enum fix_basis basis;
	struct fix_file *files;
	size_t n_files, files_room;
};

/* An item of a changelog that names no patch that was applied. */
struct fix_mention {
	const struct lock_line *package;
	struct str version, text;
};

struct fixes {
	struct fix *list;
	size_t n, room;
	struct fix_mention *mentions;
	size_t n_mentions, mentions_room;
};

/*
 * Find the fixes of a CVE among all packages of the evidence.  0, also when
 * there are none, or -1: a patch or changelog that is gone or has changed.
 * @id  "CVE-2024-1"
 */
int fix_find(const struct trace_basis *b, struct str id, struct fixes *out,
	struct err *e);

#endif
