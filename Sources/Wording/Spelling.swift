/// The ways in which people write the words that phrases are made of.
enum Spelling {
    /// What an ending behind an apostrophe stands for. `'s` is in ``all``, as it is more often a possessive.
    static let endings = ["'re": "are", "'m": "am", "'ll": "will", "'ve": "have", "'d": "would"]

    /// A word as it is written and what it stands for.
    static let all: [String: String] = {
        var all = irregular
        for word in ["it", "that", "what", "he", "she", "there", "here", "who", "where", "how", "everything"]
        {
            all["\(word)'s"] = "\(word) is"
        }
        for verb in [
            "do", "does", "did", "is", "was", "were", "has", "have", "had", "would", "could", "should",
        ] {
            all["\(verb)nt"] = "\(verb) not"
        }
        return all
    }()

    private static let irregular = [
        "won't": "will not", "wont": "will not", "can't": "can not", "cant": "can not", "cannot": "can not",
        "shan't": "will not", "ain't": "is not", "aint": "is not", "aren't": "are not", "arent": "are not",
        "im": "i am", "ive": "i have", "id": "i would", "youre": "you are", "youve": "you have",
        "youd": "you would", "youll": "you will", "theyre": "they are", "its": "it is", "thats": "that is",
        "whats": "what is", "hes": "he is", "shes": "she is", "theres": "there is",
        "u": "you", "ya": "you", "r": "are", "ur": "your", "yr": "your", "u're": "you are",
        "gonna": "going to", "gotta": "have to", "wanna": "want to",
        "tho": "though", "altho": "although", "cos": "because", "coz": "because", "cuz": "because",
        "cause": "because",
        "sory": "sorry", "sry": "sorry", "soz": "sorry", "sorrry": "sorry", "srry": "sorry",
        "apologize": "apologise", "apologizing": "apologise", "apologising": "apologise",
        "allways": "always", "alway": "always", "alwyas": "always", "nver": "never", "nevr": "never",
        "mom": "mum", "mam": "mum", "mummy": "mum", "mommy": "mum",
        "daddy": "dad", "realize": "realise", "realized": "realised", "offense": "offence",
        "defense": "defence", "overeacting": "overreacting", "overeacted": "overreacted",
        "selfcentred": "self", "selfcentered": "self", "rediculous": "ridiculous",
        "inconsidrate": "inconsiderate",
        "hypocrit": "hypocrite", "patronizing": "patronising", "judgmental": "judgemental",
        "spoilt": "spoiled", "spiraled": "spiralled", "afriad": "afraid", "scard": "scared",
        "frightend": "frightened",
        "threatend": "threatened", "mon": "monday", "tue": "tuesday", "tues": "tuesday", "weds": "wednesday",
        "thu": "thursday", "thur": "thursday", "thurs": "thursday", "fri": "friday", "xmas": "christmas",
        "somethin": "something", "nothin": "nothing",
    ]
}
