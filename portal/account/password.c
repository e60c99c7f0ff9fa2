/* Which passwords may be chosen; see password.h. */
#include "password.h"

#include <string.h>

/* What a piece is worth, in bits: a word of a list that whoever guesses has too; a run or a
 * repetition by where it begins and how long it is; a sign by itself. */
enum { WORD_BITS = 8, RUN_BITS = 6, SIGN_BITS = 5, RUN_LEAST = 3, PLAIN_MOST = 200 };

/* Words that stolen lists of passwords have most, in the languages of our people; lower case,
 * and with the letters that digits stand for. */
static const char *const words[] = { "password", "passwort", "contrasena", "contraseña",
	"welcome", "bienvenido", "letmein", "login", "admin", "administrator", "master",
	"secret", "secreto", "private", "access", "account", "cuenta", "user", "usuario",
	"guest", "test", "testing", "demo", "default", "changeme", "temporary", "hello", "hola",
	"iloveyou", "teamo", "tequiero", "love", "lovely", "amor", "baby", "angel", "princess",
	"princesa", "sunshine", "flower", "dragon", "monkey", "tiger", "tigger", "eagle",
	"falcon", "bear", "horse", "puppy", "kitty", "football", "futbol", "baseball",
	"basketball", "soccer", "hockey", "golf", "superman", "batman", "spiderman", "pokemon",
	"starwars", "matrix", "shadow", "killer", "hunter", "ranger", "cowboys", "dallas",
	"houston", "austin", "texas", "lonestar", "longhorn", "aggies", "astros", "rangers",
	"spurs", "america", "mexico", "freedom", "liberty", "jesus", "christ", "cristo", "dios",
	"blessed", "heaven", "faith", "michael", "jordan", "jennifer", "jessica", "ashley",
	"amanda", "daniel", "andrew", "joshua", "matthew", "anthony", "robert", "thomas",
	"charlie", "george", "alexander", "maria", "carlos", "jose", "juan", "sofia",
	"isabella", "samantha", "nicole", "michelle", "computer", "computadora", "internet",
	"google", "facebook", "microsoft", "windows", "apple", "samsung", "android", "iphone",
	"chevy", "mustang", "ferrari", "mercedes", "harley", "corvette", "toyota", "honda",
	"summer", "winter", "spring", "autumn", "verano", "invierno", "primavera", "january",
	"february", "march", "april", "june", "july", "august", "september", "october",
	"november", "december", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio",
	"agosto", "septiembre", "octubre", "noviembre", "diciembre", "monday", "tuesday",
	"wednesday", "thursday", "friday", "saturday", "sunday", "lunes", "martes", "miercoles",
	"jueves", "viernes", "sabado", "domingo", "busbar", "energy", "energia", "electric",
	"electricity", "electricidad", "power", "meter", "medidor", "solar", "utility", "oncor",
	"centerpoint", "smartmeter", "smart", "family", "familia", "mother", "madre", "father",
	"padre", "happy", "feliz", "birthday", "chocolate", "cookie", "cheese", "pepper",
	"ginger", "banana", "orange", "purple", "silver", "golden", "diamond", "money",
	"dinero", "lucky", "player", "gamer", "ninja", "warrior", "whatever", "nothing",
	"trustno", "forever", "always", "qwerty", "qwertz", "asdf", "zxcv", "abc" };

/* Signs side by side on keyboards and in the alphabet; both ways. */
static const char *const rows[] = { "01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop",
	"asdfghjkl", "zxcvbnm", "qwertzuiop", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik" };

/* Lower case, and the letters that people write as digits and signs. */
static size_t
plain(char to[PLAIN_MOST + 1], struct str s, bool letters)
{
	static const char from[] = "013457@$!", as[] = "oieastasi";
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < PLAIN_MOST; i++) {
		char c = s.at[i];
		const char *at = letters ? strchr(from, c) : NULL;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		to[n++] = at != NULL && c != '\0' ? as[at - from] : c;
	}
	to[n] = '\0';
	return n;
}

static size_t
word_at(const char *s)
{
	size_t best = 0;

	for (size_t i = 0; i < nitems(words); i++) {
		size_t len = strlen(words[i]);

		if (len > best && strncmp(s, words[i], len) == 0)
			best = len;
	}
	return best;
}

static size_t
along(const char *s, const char *row, int step)
{
	const char *at = s[0] == '\0' ? NULL : strchr(row, s[0]);
	size_t n = 0;

	if (at == NULL)
		return 0;
	for (ptrdiff_t i = at - row; s[n] != '\0' && i >= 0 && row[i] == s[n]; i += step)
		n++;
	return n;
}

/* Signs side by side, or one again and again. */
static size_t
run_at(const char *s)
{
	size_t best = 0, same = 0;

	while (s[same] != '\0' && s[same] == s[0])
		same++;
	for (size_t i = 0; i < nitems(rows); i++) {
		size_t up = along(s, rows[i], 1), down = along(s, rows[i], -1);

		best = up > best ? up : best;
		best = down > best ? down : best;
	}
	best = same > best ? same : best;
	return best >= RUN_LEAST ? best : 0;
}

/* 19xx, 20xx */
static size_t
year_at(const char *s)
{
	if (strncmp(s, "19", 2) != 0 && strncmp(s, "20", 2) != 0)
		return 0;
	for (size_t i = 2; i < 4; i++)
		if (s[i] < '0' || s[i] > '9')
			return 0;
	return 4;
}

/* What was there before: "abcabcabc". */
static size_t
again_at(const char *all, size_t at)
{
	size_t best = 0;

	for (size_t from = 0; from < at; from++) {
		size_t n = 0;

		while (all[at + n] != '\0' && from + n < at && all[from + n] == all[at + n])
			n++;
		best = n > best ? n : best;
	}
	return best >= RUN_LEAST ? best : 0;
}

int
password_bits(struct str password)
{
	char typed[PLAIN_MOST + 1], letters[PLAIN_MOST + 1];
	size_t len = plain(typed, password, false), at = 0;
	int bits = 0;

	plain(letters, password, true);
	while (at < len) {
		size_t word = word_at(letters + at), other = word_at(typed + at);
		size_t run = run_at(typed + at), year = year_at(typed + at);
		size_t again = again_at(typed, at);

		word = other > word ? other : word;
		run = year > run ? year : run;
		run = again > run ? again : run;
		bits += word > run && word > 0 ? WORD_BITS : run > 0 ? RUN_BITS : SIGN_BITS;
		at += word > run && word > 0 ? word : run > 0 ? run : 1;
	}
	return bits;
}

static size_t
characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
	return n;
}

enum text
password_wrong(struct str password)
{
	for (size_t i = 0; i < password.len; i++)
		if ((unsigned char)password.at[i] < 0x20 || password.at[i] == 0x7f)
			return TEXT_WRONG_NEW_ODD;
	if (characters(password) < PASSWORD_LEAST_CHARACTERS)
		return TEXT_WRONG_NEW_SHORT;
	if (password.len > PASSWORD_MOST_BYTES)
		return TEXT_WRONG_NEW_LONG;
	return password_bits(password) < PASSWORD_LEAST_BITS ? TEXT_WRONG_NEW_EASY : TEXTS;
}
