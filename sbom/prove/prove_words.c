/*
 * prove_words - "./x" at the beginning of a word, behind the letter of an
 * option, or behind "=", "," or "@" may be a path from the root; the "." of
 * `-ffile-prefix-map=.=.` that comes first is the root.
 */
#include "sbom/prove/prove_words.h"

#include <string.h>

static const char *const words_maps[] = {
	"-ffile-prefix-map=", "-fdebug-prefix-map=", "-fmacro-prefix-map=",
	"--debug-prefix-map=", "--debug-prefix-map",
	"-fdebug-compilation-dir=", "-fcoverage-compilation-dir=", NULL};

static size_t words_map(struct str word)
{
	for (size_t i = 0; words_maps[i] != NULL; i++)
		if (str_has_prefix(word, str_of(words_maps[i])))
			return strlen(words_maps[i]);
	return 0;
}

static bool words_begins_path(struct str word, size_t at)
{
	char before = at > 0 ? word.p[at - 1] : '=';

	return before == '=' || before == ',' || before == '@' ||
	       (at == 2 && word.p[0] == '-' && strchr("ILBF", before) != NULL);
}

int prove_words_root(struct str word, bool *is_sure)
{
	size_t map = words_map(word);

	*is_sure = map > 0;
	if (map > 0)
		return map < word.n && word.p[map] == '.' &&
				       (map + 1 == word.n ||
					       word.p[map + 1] == '=' ||
					       word.p[map + 1] == '/')
			       ? (int)map
			       : -1;
	for (size_t i = 0; i + 1 < word.n; i++)
		if (word.p[i] == '.' && word.p[i + 1] == '/' &&
			words_begins_path(word, i))
			return (int)i;
	return -1;
}

char *prove_words_restore(
	struct arena *a, struct str word, int at, struct str root)
{
	char *out = arena_alloc(a, word.n + root.n + 1);
	size_t i = (size_t)at;

	if (out == NULL)
		return NULL;
	memcpy(out, word.p, i);
	memcpy(out + i, root.p, root.n);
	memcpy(out + i + root.n, word.p + i + 1, word.n - i - 1);
	return out;
}

bool prove_words_mention(char **argv, const char *text)
{
	for (size_t i = 0; argv[i] != NULL; i++)
		if (strstr(argv[i], text) != NULL)
			return true;
	return false;
}

const char *prove_words_value(char **argv, const char *option)
{
	for (size_t i = 1; argv[i] != NULL; i++)
		if (strcmp(argv[i], option) == 0)
			return argv[i + 1];
	return NULL;
}

const char *prove_words_depfile(char **argv)
{
	static char all_headers[] = "-MD";
	const char *found = NULL;

	for (size_t i = 1; argv[i] != NULL; i++) {
		bool is_md = strcmp(argv[i], "-MMD") == 0 ||
			     strcmp(argv[i], "-MD") == 0;

		if (is_md)
			argv[i] = all_headers;
		if ((is_md && found == NULL) || strcmp(argv[i], "-MF") == 0)
			found = argv[i + 1];
	}
	return found;
}
