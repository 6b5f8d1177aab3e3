/* custom_licence - words of an expression, without brackets. */
#include "sbom/write/custom_licence.h"

static const struct str custom_prefix = {"LicenseRef-", 11};

int custom_licences(struct licence_set *s, struct str expression, struct err *e)
{
	struct str word;

	while (str_cut(&expression, ' ', &word)) {
		while (word.n > 0 && word.p[0] == '(')
			word = str_sub(word, 1, word.n);
		while (word.n > 0 && word.p[word.n - 1] == ')')
			word.n--;
		if (str_has_prefix(word, custom_prefix) &&
			licence_add(s, word, e) < 0)
			return -1;
	}
	return 0;
}

int custom_licence_text(const struct items *items, struct str id,
	struct str *out, struct err *e)
{
	if (notice_custom(items->notice, id, out, e) < 0)
		return -1;
	if (out->n == 0)
		*out = STR("The text is in debian/copyright of the "
			   "package's source, or in its copyright file.");
	return 0;
}
