#include "synth/parties.h"

static const char *const cities_north[] = { "DALLAS,75201", "FORT WORTH,76102", "PLANO,75074",
	"WACO,76701", "TYLER,75702", "MIDLAND,79701", NULL };
static const char *const cities_gulf[] = { "HOUSTON,77002", "PASADENA,77506", "BAYTOWN,77520",
	"KATY,77494", "HUMBLE,77338", NULL };
static const char *const cities_south[] = { "CORPUS CHRISTI,78401", "LAREDO,78040",
	"MCALLEN,78501", "VICTORIA,77901", NULL };
static const char *const cities_west[] = { "ABILENE,79601", "SAN ANGELO,76903", "VERNON,76384",
	NULL };
static const char *const cities_coast[] = { "TEXAS CITY,77590", "LEWISVILLE,75057",
	"FRIENDSWOOD,77546", "ALVIN,77511", NULL };

const struct tdu tdus[TDUS] = {
	{ .name = "oncor",
	    .title = "Oncor",
	    .eol = "\n",
	    .areas = 2,
	    .area = { { "1039940674000", "1044372", 10, CLIMATE_NORTH, "NCENT", "214",
			  cities_north },
		{ "1039940674000", "1017699", 10, CLIMATE_NORTH, "EAST", "903",
		    cities_north } },
	    .every = 8,
	    .at = 7 },
	{ .name = "centerpoint",
	    .title = "CenterPoint Houston",
	    .eol = "\r\n",
	    .areas = 1,
	    .area = { { "957877905", "1008901", 15, CLIMATE_GULF, "COAST", "713",
		cities_gulf } } },
	{ .name = "aep",
	    .title = "AEP Texas",
	    .eol = "\n",
	    .areas = 2,
	    .area = { { "007924772", "1003278", 10, CLIMATE_SOUTH, "SOUTH", "361",
			  cities_south },
		{ "007923311", "1020404", 10, CLIMATE_WEST, "WEST", "325", cities_west } },
	    .every = 4,
	    .at = 3 },
	{ .name = "tnmp",
	    .title = "TNMP",
	    .eol = "\n",
	    .areas = 1,
	    .area = { { "007929441", "1040051", 10, CLIMATE_COAST, "COAST", "409",
		cities_coast } } },
};

/* Invented firms; numbers above any certificate seen in use. */
const struct rep reps[REPS] = {
	{ "90001", "REP1", "Bluebonnet Synthetic Energy" },
	{ "90002", "PECANGROVE", "Pecan Grove Power" },
	{ "90003", "LONEOAK", "Lone Oak Electric" },
	{ "90004", "MESQUITE", "Mesquite Light Company" },
	{ "90005", "CAPROCK", "Caprock Retail Energy" },
	{ "90006", "REDRIVER", "Red River Lamp and Power" },
	{ "90007", "PALODURO", "Palo Duro Choice Electric" },
	{ "90008", "HILLCOUNTRY", "Hill Country Kilowatt" },
	{ "90009", "GULFBREEZE", "Gulf Breeze Power" },
	{ "90010", "STARLING", "Starling Energy Services" },
	{ "90011", "ARMADILLO", "Armadillo Electric Cooperative Sales" },
	{ "90012", "PRAIRIE", "Prairie Wind Retail" },
};

/* clang-format off */
const char *const first_names[64] = {
	"Ada", "Alma", "Amos", "Anders", "Beatriz", "Bela", "Bruno", "Carla",
	"Cesar", "Clara", "Corin", "Dalia", "Dario", "Edith", "Elio", "Elsa",
	"Emil", "Esther", "Fabio", "Fern", "Felix", "Flora", "Gaspar", "Greta",
	"Gustavo", "Hanna", "Hector", "Hilda", "Ida", "Ilse", "Ines", "Ivo",
	"Jonas", "Josefa", "Kai", "Kirsten", "Lara", "Leon", "Lina", "Lorenzo",
	"Lucia", "Mabel", "Marta", "Mateo", "Milo", "Nadia", "Nestor", "Nora",
	"Olga", "Oscar", "Paloma", "Petra", "Quinn", "Ramona", "Rufus", "Sabina",
	"Selma", "Silvio", "Tilda", "Tomas", "Ursula", "Viktor", "Wanda", "Yara",
};
const char *const last_names[64] = {
	"Abernethy", "Alcott", "Almaraz", "Ashdown", "Barrow", "Belmonte", "Birdsong", "Blackwood",
	"Brightwell", "Calloway", "Carmody", "Castellan", "Copperfield", "Dalrymple", "Delacroix", "Dunmore",
	"Eastwick", "Elderberry", "Fairbanks", "Farrow", "Fenwick", "Galindo", "Goldfinch", "Greenlaw",
	"Hartwell", "Hawthorne", "Holloway", "Ironside", "Jessamine", "Kestrel", "Kingfisher", "Larkspur",
	"Lindqvist", "Lockhart", "Marchbanks", "Merriweather", "Montalvo", "Moorland", "Nightingale", "Northcott",
	"Oakhurst", "Olivares", "Paddock", "Penhallow", "Pomeroy", "Quintero", "Ravenscroft", "Redfern",
	"Rosewood", "Saltmarsh", "Sandoval", "Seabright", "Summerfield", "Tamarind", "Thistlewood", "Trevino",
	"Underhill", "Valverde", "Wainwright", "Weatherby", "Whitlow", "Winterbourne", "Yarrow", "Zamora",
};
const char *const street_names[64] = {
	"AGAVE LN", "ALDER ST", "ANVIL RD", "ASTER CT", "BADGER TRL", "BARLEY ST", "BASALT DR", "BLUEJAY LN",
	"BOXWOOD DR", "BRAMBLE CT", "CACTUS WREN DR", "CALICO ST", "CEDAR BRAKE RD", "CINDER LN", "CLOVER ST", "COPPER CREEK DR",
	"CORAL ST", "COTTONWOOD AVE", "CRANE ST", "CYPRESS KNEE LN", "DEWBERRY DR", "DRIFTWOOD AVE", "DUNE ST", "EBONY ST",
	"EGRET LN", "FALCON RD", "FERN HOLLOW DR", "FLINT ST", "FOXGLOVE LN", "GARNET ST", "GRANITE AVE", "HERON WAY",
	"HICKORY NUT LN", "HONEYSUCKLE CT", "INDIGO ST", "JUNIPER BEND", "KITE ST", "LANTANA DR", "LIMESTONE AVE", "LUPINE LN",
	"MADRONE ST", "MALLARD CT", "MARIGOLD AVE", "MOCKINGBIRD RUN", "MULBERRY ST", "OBSIDIAN DR", "OPAL ST", "ORIOLE LN",
	"PAINTBRUSH DR", "PEBBLE ST", "PERSIMMON CT", "PLOVER ST", "POSSUMHAW LN", "QUAIL RUN", "QUARTZ ST", "ROADRUNNER AVE",
	"SAGEBRUSH DR", "SANDPIPER LN", "SLATE ST", "SORREL CT", "SUMAC TRL", "TEAL ST", "VERBENA LN", "YUCCA AVE",
};
const char *const trades[16] = {
	"Bakery", "Hardware", "Dry Cleaning", "Tile", "Nursery", "Feed Store", "Bicycles", "Books",
	"Taqueria", "Auto Glass", "Upholstery", "Print Shop", "Dental", "Accounting", "Pharmacy", "Grocery",
};
const char *const works[16] = {
	"Foundry", "Cold Storage", "Plastics", "Paper Mill", "Bottling", "Machine Works", "Ceramics", "Galvanizing",
	"Rice Mill", "Fabrication", "Chemicals", "Lumber", "Packing", "Quarry", "Textiles", "Data Hall",
};
/* clang-format on */

int
tdu_named(struct str name)
{
	for (int i = 0; i < TDUS; i++)
		if (str_ieq(name, str_of(tdus[i].name)))
			return i;
	return -1;
}
