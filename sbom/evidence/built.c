/*
 * built - the architecture is taken off if it is one, then the folder.
 */
#include "sbom/evidence/built.h"

#include "lib/arc/arch.h"

bool built_is_in(struct str path, struct str part, struct str *rest)
{
	struct str folder, after;

	if (!str_cut(&path, '/', &folder) || !str_is(folder, "build"))
		return false;
	after = path;
	if (str_cut(&after, '/', &folder) && arch_find(folder) != NULL)
		path = after;
	*rest = path;
	return str_cut(rest, '/', &folder) && str_eq(folder, part) &&
	       folder.n < path.n;
}

bool built_is_source(struct str path, struct str *dir, struct str *rest)
{
	struct str part;

	if (!built_is_in(path, STR("work"), rest))
		return false;
	for (unsigned i = 0; i < 2; i++)
		if (!str_cut(rest, '/', &part))
			return false;
	*dir = str_sub(path, 0, path.n - rest->n);
	return true;
}
