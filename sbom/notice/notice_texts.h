/*
 * notice_texts - the texts of licences, found in pinned sources.
 */
#ifndef KEELSON_SBOM_NOTICE_NOTICE_TEXTS_H
#define KEELSON_SBOM_NOTICE_NOTICE_TEXTS_H

#include "sbom/notice/notice.h"

/* Files that may hold licences, and what was read of them already. */
struct notice_shelf {
	const struct evidence_file **files; /* in roots of sources, by path */
	struct str *texts;                  /* of these; empty: not yet read */
	size_t n;
	struct str own; /* the project's own licence file */
	const char *own_name;
};

int notice_shelf_open(
	const struct notice *n, struct notice_shelf *out, struct err *e);

/*
 * The text of a licence for a part: a common one (common: its name, see
 * sbom/licence/rule.h) from any pinned source, else the part's own: from
 * debian/copyright, a licence file in the root of its source, or the comment on
 * top of a file of the group.  Each text is kept once; NULL: there is none.
 * 0 or -1.
 */
struct notice_wanted {
	const struct notice_part *part;
	const struct notice_group *group;
	struct str id;
	const char *common;
};
int notice_find_text(struct notice *n, struct notice_shelf *shelf,
	const struct notice_wanted *w, const struct notice_text **out,
	struct err *e);

#endif
