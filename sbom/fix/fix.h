/*
 * fix - the patches that fix a vulnerability, and what they change.
 *
 * Patches are those that were applied to the unpacked sources, Debian's and
 * this project's.  A patch fixes what it names in its file name or in the text
 * before its first file, or what an item of debian/changelog says of it.  What
 * a changelog says of no patch is kept as it stands.  A patch that somebody
 * brings (fix_brought.h) may be of either kind: applied, or still open.
 */
#ifndef KEELSON_SBOM_FIX_FIX_H
#define KEELSON_SBOM_FIX_FIX_H

#include "sbom/fix/c_parts.h"
#include "sbom/fix/fix_source.h"

enum fix_basis { FIX_BY_NAME, FIX_BY_TEXT, FIX_BY_CHANGELOG, FIX_BROUGHT };

/* A file that a patch changes, as it is now. */
struct fix_file {
	struct str path;      /* as events name it */
	struct c_part *parts; /* those that hold changed lines, each once */
	size_t n_parts, room;
	/* Hunks whose lines are not in the file: a later patch changed them. */
	size_t lost;
	size_t loose; /* changed lines in no part, comments and #include aside
		       */
};

struct fix {
	const struct lock_line *package;
	const struct lock_line *from; /* its archive's line; NULL: ours */
	struct str name;              /* in the series; ours: path */
	struct evidence_made patch;
	enum fix_basis basis;
	bool is_open; /* the source is as it was before this patch */
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
int fix_find(struct fix_texts *texts, struct str id, struct fixes *out,
	struct err *e);

/* Ids of vulnerabilities, each once and in capitals. */
struct fix_ids {
	struct str *list;
	size_t n, room;
};

/*
 * Every CVE that a patch or changelog of the evidence names, by year and
 * number.  0, or -1 as fix_find().
 */
int fix_list_ids(struct fix_texts *texts, struct fix_ids *out, struct err *e);

/* "CVE-2024-1234", in either case (CVE ID syntax)? */
bool fix_is_cve(struct str s);

/* Before, the same or after: -1, 0, 1; by year, then number, then text. */
int fix_cve_order(struct str a, struct str b);

/* ---- for the files that fill a fix ---- */

/* A file of the fix by its path, added when it is not there yet. 0 or -1. */
int fix_add_file(struct fix *fix, const struct evidence_file *of,
	struct arena *a, struct fix_file **out, struct err *e);

bool fix_is_c(struct str path);

#endif
