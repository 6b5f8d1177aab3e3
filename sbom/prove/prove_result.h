/*
 * prove_result - what became of one step that was run again.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_RESULT_H
#define KEELSON_SBOM_PROVE_PROVE_RESULT_H

#include <stdint.h>

enum { PROVE_JOBS_MAX = 64 }; /* steps at once */

enum prove_verdict {
	PROVE_SAME,   /* run again: the same bytes from the same files */
	PROVE_GIVEN,  /* not run again */
	PROVE_FAILED, /* the tool failed: a file is missing */
	PROVE_OTHER,  /* other bytes */
	PROVE_EXTRA,  /* the evidence names a file that was not read */
};

enum { PROVE_TEXT_BYTES = 400 };

/* What became of one step. */
struct prove_result {
	uint32_t step;
	enum prove_verdict verdict;
	char text[PROVE_TEXT_BYTES]; /* why, unless SAME */
};

#endif
