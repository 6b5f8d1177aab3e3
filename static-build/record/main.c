/*
 * record - run a build tool and write down its inputs and outputs
 * (recorder.h).  A program of its own, because the build of this project needs
 * it before it can link any library.
 */
#include "static-build/record/recorder.h"

int main(int argc, char **argv)
{
	return recorder_main(argc, argv);
}
