/* patches - each file is read whole and kept as long as its fix. */
#include "images/cmd/patches.h"

#include "lib/base/fd.h"
#include "sbom/fix/fix_brought.h"

enum { PATCHES_FILE_MAX = 16 << 20 };

static int patches_read_one(struct fix_texts *texts, const char *option,
	struct vex_brought *out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(PATCHES_FILE_MAX);
	struct arena *a = texts->basis->arena;
	struct str path = str_of(option), cve;
	struct fix_bringing from;

	str_cut(&path, '=', &cve);
	if (!fix_is_cve(cve) || path.n == 0)
		return err_kind(e, ERR_USAGE,
			"--patch %s: not CVE-YEAR-NUMBER=FILE", option);
	from.path = arena_copy(a, path);
	if (from.path == NULL)
		return fix_no_memory(e);
	if (file_read(from.path, &text, e) < 0)
		return -1;
	from.patch = (struct str){arena_copy(a, buf_view(&text)), text.n};
	if (from.patch.p == NULL)
		return fix_no_memory(e);
	out->cve = cve;
	return fix_bring(texts, &from, &out->fix, e);
}

int patches_read(struct fix_texts *texts, const struct args_list *patches,
	struct vex_brought **out, struct err *e)
{
	*out = arena_alloc(texts->basis->arena,
		(patches->n + 1) * sizeof(struct vex_brought));
	if (*out == NULL)
		return fix_no_memory(e);
	for (size_t i = 0; i < patches->n; i++)
		if (patches_read_one(texts, patches->item[i], &(*out)[i], e) <
			0)
			return -1;
	return 0;
}

void patches_say(const struct args_list *patches, struct buf *out)
{
	for (size_t i = 0; i < patches->n; i++)
		buf_fmt(out, " --patch %s", patches->item[i]);
}
