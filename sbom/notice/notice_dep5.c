/*
 * notice_dep5 - two rounds: by Debian's name, then by the SPDX id alone.
 */
#include "sbom/notice/notice_dep5.h"

#include "sbom/licence/wording.h"
#include "sbom/model/dep5.h"
#include "sbom/notice/notice.h"

/* Is it among the words of a License, such as "BSD-3-clause or GPL-2"? */
static bool notice_is_named(struct str licence, struct str name)
{
	struct str word;

	while (str_cut(&licence, ' ', &word)) {
		if (str_has_suffix(word, STR(",")))
			word.n--;
		if (word.n > 0 && str_eq(word, name))
			return true;
	}
	return false;
}

/* Is it a paragraph of the licence, with a text that can be its? */
static bool notice_is_text_of(const struct dep5_fields *f, struct str id)
{
	char memory[NOTICE_LINE_MAX];
	struct buf b = buf_fixed(memory, sizeof(memory));

	dep5_to_spdx(f->licence, &b);
	if (b.full || !str_eq(buf_view(&b), id) ||
		wording_is_pointer(f->wording))
		return false;
	return str_has_prefix(id, STR("BSD-4-Clause")) ||
	       !wording_is(STR("BSD-4-Clause"), f->wording);
}

struct str notice_dep5_text(struct str copyright, struct str id, struct str own)
{
	struct str first = {0};
	struct dep5_fields f;

	while (dep5_next(&copyright, &f)) {
		if (!notice_is_text_of(&f, id))
			continue;
		if (notice_is_named(own, f.licence))
			return f.wording;
		if (first.n == 0)
			first = f.wording;
	}
	return first;
}
