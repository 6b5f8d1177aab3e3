/*
 * prove_words - the command line of an event, as it was.
 *
 * The recorder wrote the root of the project as "." wherever it stood in an
 * argument (docs/formats/record.md).  It is put back where that matters.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_WORDS_H
#define KEELSON_SBOM_PROVE_PROVE_WORDS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/node.h"

/*
 * Where in a word the root stands for sure, or may stand: the offset of the
 * "."; -1 for nowhere.  `*is_sure`: in the old part of a -ffile-prefix-map.
 */
int prove_words_root(struct str word, bool *is_sure);

/* The word with the "." at this offset replaced; NULL: no memory. */
char *prove_words_restore(
	struct arena *a, struct str word, int at, struct str root);

/* Is this text in any of the words? */
bool prove_words_mention(char **argv, const char *text);

/* The word behind an option; NULL: there is none. */
const char *prove_words_value(char **argv, const char *option);

/*
 * The value of an option that names the compiler's file of dependencies, in
 * argv of a cc1, and turn -MMD into -MD so that system headers are in it, as
 * the recorder did; NULL: none asked for.
 */
const char *prove_words_depfile(char **argv);

#endif
