/* near_names - go through the index once more. */
#include "images/fresh/near_names.h"

#include "images/fresh/deb822.h"
#include "lib/base/near.h"

/* Is the name in a list with commas? */
static bool near_lists(struct str list, const char *name)
{
	struct str one;

	while (str_cut(&list, ',', &one))
		if (str_is(str_trim(one), name))
			return true;
	return false;
}

int near_names(struct str index, const char *name, const char *suite,
	struct arena *a, struct err *e)
{
	struct near near = near_make(str_of(name));
	struct str rest = index, paragraph;

	while (deb822_next(&rest, &paragraph)) {
		struct str package = deb822_field(paragraph, "Package");
		const char *copy = arena_copy(a, package);

		if (near_lists(deb822_field(paragraph, "Binary"), name))
			return err_kind(e, ERR_ABSENT,
				"%s is built from the source package %.*s: "
				"name that one",
				name, STR_ARG(package));
		if (copy != NULL)
			near_offer(&near, copy);
	}
	if (near.best != NULL)
		return err_kind(e, ERR_ABSENT,
			"%s has no package %s; did you mean %s?", suite, name,
			near.best);
	return err_kind(e, ERR_ABSENT, "%s has no package %s", suite, name);
}
