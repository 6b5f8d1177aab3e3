/* the readers of patches, sources and changelogs: any text; they end, and what
   they return is a part of the text. */
#include "sbom/fix/c_parts.h"
#include "sbom/fix/changelog.h"
#include "sbom/fix/patch_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str part, struct str text)
{
	if (part.n > 0 &&
		(part.p < text.p || part.p + part.n > text.p + text.n))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};
	struct patch_text p = {.rest = text};
	struct c_parts c = {.text = text};
	struct changelog l = {.rest = text};
	struct changelog_item item;
	struct patch_hunk hunk;
	struct c_part part;

	check(patch_text_head(text), text);
	while (patch_text_next(&p, &hunk)) {
		AUTO_ARENA struct arena a = arena_make(1 << 24);
		struct patch_hunk undone, again;

		check(hunk.file, text);
		check(hunk.lines, text);
		/* undone twice it is the same */
		if (patch_text_undo(&hunk, &a, &undone) &&
			patch_text_undo(&undone, &a, &again) &&
			(!str_eq(again.lines, hunk.lines) ||
				again.line != hunk.line))
			__builtin_trap();
	}
	while (c_parts_next(&c, &part)) {
		check(part.name, text);
		if (part.first > part.last)
			__builtin_trap();
	}
	while (changelog_next(&l, &item)) {
		check(item.version, text);
		check(item.text, text);
	}
	return 0;
}
