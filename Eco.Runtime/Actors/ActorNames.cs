namespace Eco.Runtime.Actors;

/// <summary>Which names an actor may have, and the ones that it gets when none is given.</summary>
internal static class ActorNames
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";
    private const string Marks = "-_.*$+:@&=,!~';()";

    public static void Check(string name)
    {
        if (name.Length == 0)
        {
            throw new InvalidActorNameException("an actor's name must not be empty; leave it out for a generated one");
        }

        if (name[0] == '$')
        {
            throw new InvalidActorNameException($"'{name}' starts with '$', which is kept for generated names");
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !Marks.Contains(c, StringComparison.Ordinal))
            {
                throw new InvalidActorNameException(
                    $"'{name}' contains '{c}'; an actor's name may contain ASCII letters, digits and {Marks}");
            }
        }
    }

    /// <summary><c>$a</c>, <c>$b</c>, ... as Akka counts: base 64, least significant digit first.</summary>
    public static string Generated(long number)
    {
        Span<char> text = stackalloc char[12];
        text[0] = '$';
        int length = 1;
        do
        {
            text[length++] = Digits[(int)(number & 63)];
            number >>= 6;
        }
        while (number > 0);

        return new string(text[..length]);
    }
}
