/* layout_name - paths may have colons; what is there decides. */
#include "images/ship/layout_name.h"

#include <string.h>
#include <sys/stat.h>

static bool is_there(struct str s)
{
	char path[LAYOUT_NAME_PATH_BYTES];
	struct stat st;

	return str_copy(s, path, sizeof(path)) == 0 && lstat(path, &st) == 0;
}

/* The colon behind the longest path that is there, else the last one. */
static size_t end_of_path(struct str operand)
{
	size_t last = operand.n;

	if (is_there(operand))
		return operand.n;
	for (size_t i = operand.n; i-- > 0;) {
		if (operand.p[i] != ':')
			continue;
		if (is_there(str_sub(operand, 0, i)))
			return i;
		if (last == operand.n)
			last = i;
	}
	return last;
}

int layout_name_split(const char *operand, char path[LAYOUT_NAME_PATH_BYTES],
	char wanted[LAYOUT_NAME_WANTED_BYTES], struct err *e)
{
	struct str whole = str_of(operand);
	size_t end = end_of_path(whole);

	wanted[0] = '\0';
	if (str_copy(str_sub(whole, 0, end), path, LAYOUT_NAME_PATH_BYTES) <
			0 ||
		(end < whole.n &&
			str_copy(str_sub(whole, end + 1, whole.n), wanted,
				LAYOUT_NAME_WANTED_BYTES) < 0))
		return err_kind(e, ERR_USAGE, "%s: too long", operand);
	return 0;
}

bool layout_name_is_there(const char *operand)
{
	struct str whole = str_of(operand);

	return is_there(str_sub(whole, 0, end_of_path(whole)));
}
