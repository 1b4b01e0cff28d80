/**
 * The words that a sketch understands: English first, then everyday German, French, Spanish, Italian and
 * Portuguese, and emoji. Words are written folded (lower case, no accents) and in the singular.
 */

export const TIMES = {
  night:
    "night midnight nighttime nocturnal moonlit moonlight starry starlit nacht nuit noche notte noite 🌃 🌌",
  dawn: "dawn sunrise morning daybreak morgen sonnenaufgang matin aube amanecer manana alba mattina amanhecer manha 🌅",
  sunset: "sunset evening goldenhour golden sonnenuntergang abend soir crepuscule atardecer tramonto sera 🌇",
  dusk: "dusk twilight bluehour gloaming dammerung anochecer crepuscolo anoitecer",
  day: "day daylight noon sunny bright midday tag sonnig jour midi dia giorno mezzogiorno",
} as const;

export const WEATHERS = {
  rain: "rain rainy raining drizzle wet shower regen regnerisch pluie lluvia pioggia chuva 🌧 ☔",
  snow: "snow snowy snowfall snowing blizzard snowflake schnee neige nieve neve ❄ 🌨",
  storm:
    "storm stormy thunder thunderstorm lightning tempest hurricane sturm gewitter orage tempete tormenta tempesta tempestade ⛈ 🌩",
  fog: "fog foggy mist misty haze hazy nebel brouillard brume niebla nebbia neblina 🌫",
  cloudy: "cloud cloudy overcast wolke wolkig nuage nube nuvola nuvem ☁ ⛅",
  rainbow: "rainbow regenbogen arcoiris arcobaleno 🌈",
  aurora: "aurora borealis northernlight polarlicht",
} as const;

export const SEASONS = {
  winter:
    "winter wintry frozen ice icy frost arctic polar christmas eis hiver invierno inverno glace hielo ghiaccio gelo 🎄 ⛄",
  autumn: "autumn fall autumnal october harvest herbst automne otono autunno outono 🍂 🍁",
  spring: "spring blossom bloom sakura fruhling printemps primavera 🌸",
  summer: "summer tropical sommer ete verano estate verao ☀",
} as const;

export const SETTINGS = {
  sea: "sea ocean cliff wave beach coast shore surf bay harbor harbour island meer ozean strand kuste mer plage vague mar playa oceano ola spiaggia praia onda isla insel ile isola ilha 🌊 🏖",
  underwater: "underwater reef coral seabed deepsea aquarium unterwasser 🪸",
  lake: "lake river pond stream waterfall creek fluss teich lac riviere lago rio fiume",
  mountains:
    "mountain peak summit alps alpine hill canyon valley volcano himalaya berg gebirge alpen tal montagne colline montana montagna montanha collina 🏔 ⛰ 🌋",
  forest:
    "forest wood woods woodland jungle grove rainforest wald foret bosque foresta bosco floresta selva 🌲 🌳",
  city: "city town street skyline downtown skyscraper urban metropolis tokyo york london paris berlin cyberpunk stadt strasse ville rue ciudad calle citta strada cidade rua 🏙 🌆",
  desert: "desert dune sahara sand oasis wuste dune desierto deserto 🏜",
  space:
    "space galaxy nebula cosmos cosmic universe orbit interstellar weltraum weltall espace espacio spazio espaco 🛸",
  field:
    "field meadow grass prairie farm garden park countryside pasture lawn landscape wiese feld garten champ prairie jardin campo prato giardino jardim pradera",
  room: "room kitchen table cafe restaurant desk interior indoor bedroom still zimmer kuche tisch cuisine cocina mesa cucina tavolo cozinha",
} as const;

export const SKY_THINGS = {
  sun: "sun sunshine sunlight sonne soleil sol sole 🌞",
  moon: "moon lunar crescent mond lune luna lua 🌙 🌕",
  stars: "star constellation stern etoile estrella stella estrela ⭐ 🌟 ✨",
  planet: "planet saturn jupiter mars earth planete planeta pianeta 🪐 🌍",
  comet: "comet meteor shootingstar komet comete cometa ☄ 🌠",
  birds: "flock seagull swallow geese mowe",
  fireworks: "firework celebration newyear feuerwerk 🎆 🎇",
} as const;

export const SUBJECTS = {
  fox: "fox vixen fuchs renard zorro volpe raposa 🦊",
  cat: "cat kitten kitty tabby katze kater chat gato gatto 🐱 🐈",
  dog: "dog puppy hound corgi retriever dachshund hund chien perro cane cachorro cao 🐶 🐕",
  wolf: "wolf wolves loup lobo lupo 🐺",
  bear: "bear teddy bar ours oso orso urso 🐻",
  panda: "panda 🐼",
  rabbit: "rabbit bunny hare hase kaninchen lapin conejo coniglio coelho 🐰",
  tiger: "tiger lion leopard panther lowe tigre leon leone leao 🐯 🦁",
  owl: "owl eule hibou buho gufo coruja 🦉",
  bird: "bird parrot eagle crow raven sparrow robin hummingbird dove vogel oiseau pajaro uccello passaro 🐦 🕊 🦜",
  penguin: "penguin pinguin pingouin pinguino 🐧",
  fish: "fish goldfish koi shark salmon fisch poisson pez pesce peixe 🐟 🐠 🦈",
  whale: "whale dolphin orca wal baleine ballena balena baleia 🐳 🐋 🐬",
  jellyfish: "jellyfish octopus squid qualle meduse medusa 🪼 🐙",
  horse: "horse pony stallion unicorn pferd cheval caballo cavallo cavalo 🐴 🐎 🦄",
  deer: "deer stag elk moose reindeer hirsch cerf ciervo cervo 🦌",
  elephant: "elephant mammoth elefant elefante 🐘",
  butterfly: "butterfly moth dragonfly bee schmetterling papillon mariposa farfalla borboleta 🦋 🐝",
  dragon: "dragon wyvern drache drago dragao 🐉 🐲",
  robot: "robot android cyborg mecha droid roboter robo 🤖",
  person:
    "person man woman girl boy human people portrait hero wizard witch knight samurai princess queen king warrior monk dancer traveler traveller hiker fisherman child kid frau mann kind madchen junge femme homme fille garcon mujer hombre nina nino donna uomo ragazza mulher homem menina 🧑 👩 👨 👧 👦 🧙",
  couple: "couple lovers friends family paar couple pareja coppia casal 👫 💑 👪",
  astronaut: "astronaut cosmonaut spaceman astronaute astronauta 🧑‍🚀 👩‍🚀 👨‍🚀",
  snowman: "snowman schneemann",
  house: "house home cottage cabin hut barn village farmhouse haus hutte dorf maison casa 🏠 🏡",
  castle: "castle palace fortress tower temple schloss burg chateau castillo castello castelo 🏰 🏯",
  lighthouse: "lighthouse leuchtturm phare faro farol",
  windmill: "windmill mill windmuhle moulin molino mulino moinho",
  bridge: "bridge brucke pont puente ponte 🌉",
  tent: "tent camp camping campfire bonfire zelt tente tienda tenda fogata ⛺ 🔥",
  boat: "boat ship sailboat sailing yacht vessel pirate canoe gondola boot schiff segelboot bateau voilier barco barca nave veliero navio ⛵ 🚢",
  rocket: "rocket spaceship spacecraft shuttle starship rakete raumschiff fusee cohete razzo foguete 🚀",
  car: "car automobile truck bus taxi van vehicle beetle convertible auto wagen voiture coche macchina carro 🚗 🚙 🚕",
  train: "train locomotive railway tram zug lokomotive tren treno trem 🚂 🚆",
  balloon: "balloon ballon globo mongolfiera balao 🎈",
  plane: "plane airplane aeroplane aircraft jet flugzeug avion aereo aviao ✈",
  ufo: "ufo alien flyingsaucer",
  tree: "tree oak pine palm willow bonsai baum arbre arbol albero arvore 🌴",
  flower:
    "flower rose tulip sunflower daisy lily poppy orchid bouquet lavender blume fleur flor fiore 🌷 🌹 🌻 🌼 🌺",
  mushroom: "mushroom toadstool fungus pilz champignon seta fungo cogumelo 🍄",
  cactus: "cactus cacti kaktus 🌵",
  fruit:
    "apple fruit orange pear cherry lemon strawberry apfel obst pomme manzana mela maca fruta frutta 🍎 🍊 🍋 🍓",
  cake: "cake cupcake birthday dessert kuchen torte gateau tarta torta bolo 🎂 🍰 🧁",
  pizza: "pizza pie burger 🍕",
  cup: "cup coffee tea mug cappuccino latte espresso kaffee tasse tee cafe te taza tazza xicara ☕ 🍵",
  icecream: "icecream gelato sundae eiscreme glace helado sorvete 🍦 🍨",
  bottle:
    "bottle wine vase perfume potion flasche wein bouteille vin botella vino bottiglia garrafa vinho 🍷",
  book: "book library story buch livre libro livro 📚 📖",
  heart: "heart love herz liebe coeur amour corazon amor cuore amore coracao ❤ 💖",
} as const;

export const COLOURS = {
  red: { words: "red crimson scarlet ruby rot rouge rojo rosso vermelho", hex: "#d8372f" },
  orange: { words: "amber tangerine orangefarben naranja arancione laranja", hex: "#ee8227" },
  yellow: { words: "yellow gelb jaune amarillo giallo amarelo", hex: "#f3c93a" },
  green: { words: "green emerald lime olive grun vert verde", hex: "#3f9b57" },
  teal: { words: "teal turquoise cyan aqua turkis turchese turquesa", hex: "#2aa7a4" },
  blue: { words: "blue azure navy cobalt indigo blau bleu azul blu", hex: "#2f6bd0" },
  purple: { words: "purple violet lilac magenta lila violett violeta viola roxo", hex: "#8552c4" },
  pink: { words: "pink fuchsia rosa rosado", hex: "#ee7fae" },
  brown: { words: "brown chocolate braun marron marrone marrom", hex: "#8a5a3a" },
  white: {
    words: "white ivory weiss blanc blanche blanco blanca bianco bianca branco branca",
    hex: "#f1efe8",
  },
  black: { words: "black ebony schwarz noir noire negro negra nero nera preto preta", hex: "#2a2a32" },
  grey: { words: "grey gray silver grau gris grigio cinza", hex: "#8b9099" },
  gold: { words: "gold dorado dorato dourado goldfarben", hex: "#dba638" },
} as const;

export const MOODS = {
  calm: "calm peaceful serene quiet tranquil gentle still ruhig calme tranquilo sereno",
  dark: "dark gloomy spooky haunted horror gothic creepy scary sinister halloween dunkel sombre oscuro scuro escuro 🎃 👻",
  happy: "happy joyful cheerful vibrant colorful colourful fun playful bunt heureux feliz alegre felice",
  dreamy:
    "dream dreamy magical magic fantasy fairy enchanted surreal whimsical ethereal traum magisch reve magique sueno magico sogno sonho",
  warm: "warm cozy cosy hot warme gemutlich chaud calido caldo quente",
  cold: "cold cool chilly kalt froid frio freddo",
} as const;

export const NUMBERS = {
  2: "two pair twins couple zwei deux dos due dois",
  3: "three trio drei trois tres tre",
  4: "four vier quatre cuatro quattro quatro",
  5: "five several many herd group flock crowd funf cinq cinco cinque viele",
} as const;

export type Time = keyof typeof TIMES;
export type Weather = keyof typeof WEATHERS;
export type Season = keyof typeof SEASONS;
export type Setting = keyof typeof SETTINGS;
export type SkyThing = keyof typeof SKY_THINGS;
export type SubjectId = keyof typeof SUBJECTS;
export type ColourName = keyof typeof COLOURS;
export type Mood = keyof typeof MOODS;
