/* Prints a password hashed as the hub hashes it (argon2id, 19 MiB, two passes), for a peer that
 * can check it; with a second argument, how many milliseconds of CPU that takes. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MEMORY_BYTES = 19 * 1024 * 1024, PASSES = 2, TIMES = 20 };

int
main(int argc, char **argv)
{
	char hash[crypto_pwhash_STRBYTES];
	clock_t from = clock();

	if (argc < 2 || sodium_init() < 0)
		return 64;
	for (int i = 0; i < (argc > 2 ? TIMES : 1); i++)
		if (crypto_pwhash_str_alg(hash, argv[1], strlen(argv[1]), PASSES, MEMORY_BYTES,
			crypto_pwhash_ALG_ARGON2ID13) != 0)
			return 1;
	if (argc > 2)
		printf("%.2f\n", (double)(clock() - from) / CLOCKS_PER_SEC * 1e3 / TIMES);
	else
		puts(hash);
	return 0;
}
