using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.OverlayDriver;

namespace Overlay2.Storage.PropertyTests.Engines;

/// <summary>The references of a store written down literally: nested loops over its public lists, on texts, without any index or helper of the library.</summary>
internal abstract class NaiveRecordReferences(ILayerStore store, IReadOnlyList<ByteString> others)
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private readonly List<string> _lines = [];

    /// <summary>One line for each reference, in ordinal order.</summary>
    public IReadOnlyList<string> Lines()
    {
        Follow();
        _lines.Sort(StringComparer.Ordinal);
        return _lines;
    }

    /// <summary>A reference of the library's in the same form.</summary>
    public static string Line(RecordReference reference) => Line(
        reference.From.Kind, T(reference.From.Id), T(reference.From.Namespace), T(reference.Source.Bytes), reference.To.Kind, T(reference.To.Id), T(reference.To.Namespace), $"{reference.Resolution} {reference.Reason}");

    protected abstract void Follow();

    protected void Say(RecordKind from, string id, string source, RecordKind to, string target, string answer, string fromNamespace = "", string toNamespace = "") =>
        _lines.Add(Line(from, id, fromNamespace, source, to, target, toNamespace, answer));

    /// <summary>Every byte is one character.</summary>
    protected static string T(ByteString bytes) => Encoding.Latin1.GetString(bytes.Span);

    protected static string T(BytePath path) => T(path.Bytes);

    /// <summary>A text of the store as bytes, one character each.</summary>
    protected static string Utf(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    protected string Root => T(store.DataRoot);

    protected string Home => T(store.DriverHome);

    protected const string Yes = "Resolved None";

    protected static string No(string reason) => "Dangling " + reason;

    protected static string Perhaps(string reason) => "NotKnown " + reason;

    /// <summary>Not there: not known where the place was not read.</summary>
    protected static string Gone(bool isUnread, string reason) => isUnread ? Perhaps("Unreadable") : No(reason);

    protected bool IsUnread(string path)
    {
        foreach (StoreProblem problem in store.ReadProblems)
        {
            if (problem.Reason == StoreProblemReason.NotFound)
                continue;
            string place = T(problem.Path);
            if (problem.Reason == StoreProblemReason.Changed || path == place || path.StartsWith(place + "/", StringComparison.Ordinal) || place == "/")
                return true;
        }

        return false;
    }

    private static bool LeadsTo(OverlayDriverShortLink link, string id) => LinkedLayer(T(link.Target)) == id;

    protected string OfFile(StoreFile file)
    {
        if (file.State == StoreFileState.Unreadable)
            return Perhaps("Unreadable");
        return file.State == StoreFileState.Missing ? No("NoSuchEntry") : No("EmptyRecord");
    }

    protected static string Strip(StoreFile file) => T(file.Content).Trim(' ', '\t', '\r', '\n', '\v', '\f');

    /// <summary>Whether there is a layer directory.</summary>
    protected string LayerThere(string id)
    {
        foreach (StoredLayer layer in store.Layers)
        {
            if (T(layer.Id) == id)
                return Yes;
        }

        if (id.Contains('/', StringComparison.Ordinal) || id == "." || id == "..")
            return No("MalformedRecord");
        foreach (ByteString other in others)
        {
            if (T(other) == id)
                return Perhaps("NotRead");
        }

        return Gone(IsUnread($"{Home}/{id}"), "NoSuchDirectory");
    }

    /// <summary>The links between layers and the directory <c>l</c>.</summary>
    protected void FollowDriverHome(OverlayDriverStore driver, bool hasOthers, Func<string, bool> isAboveOthers)
    {
        foreach (OverlayDriverLayer layer in driver.Layers)
        {
            string id = T(layer.Id);
            string link = T(layer.Link.Content);
            string answer = OfFile(layer.Link);
            if (layer.Link.State == StoreFileState.Present && link.Length > 0)
                answer = IsShortName(link) ? OwnLink(driver, id, link) : No("MalformedRecord");
            bool isModern = driver.Layers.Any(any => any.LowerLayers.State != StoreFileState.Missing);
            bool isMixed = driver.Layers.Any(any => any.LowerLayers.State == StoreFileState.Missing && any.Lower.State == StoreFileState.Present && T(any.Lower.Content).Length > 0);
            if (layer.Link.State != StoreFileState.Missing || !isModern || (isMixed && driver.ShortLinks.Any(any => LeadsTo(any, id))))
                Say(RecordKind.Layer, id, T(layer.Directory) + "/link", RecordKind.ShortLink, link, answer);

            if (layer.LowerLayers.State != StoreFileState.Missing)
            {
                FollowLowerLayers(layer, id, hasOthers);
                continue;
            }

            string lower = T(layer.Directory) + "/lower";
            if (layer.Lower.State == StoreFileState.Unreadable)
                Say(RecordKind.LowerElement, id, lower, RecordKind.ShortLink, "", Perhaps("Unreadable"));
            bool isAbove = isAboveOthers(id) || driver.Layers.Any(twin => T(twin.Id) == id && (T(twin.Lower.Content).Length > 0 || T(twin.LowerLayers.Content).Length > 0));
            if (layer.Lower.State == StoreFileState.Missing && isAbove)
                Say(RecordKind.LowerElement, id, lower, RecordKind.ShortLink, "", No("NoSuchEntry"));
            if (layer.Lower.State != StoreFileState.Present)
                continue;
            foreach (string element in T(layer.Lower.Content).Split(':'))
            {
                if (element is "" or "l" or "l/")
                    Say(RecordKind.LowerElement, id, lower, RecordKind.ShortLink, element, No("EmptyRecord"));
                else if (!element.StartsWith("l/", StringComparison.Ordinal) || !IsShortName(element[2..]))
                    Say(RecordKind.LowerElement, id, lower, RecordKind.ShortLink, element, No("MalformedRecord"));
                else
                    Say(RecordKind.LowerElement, id, lower, RecordKind.ShortLink, element[2..], LowerLink(driver, element[2..], hasOthers));
            }
        }

        foreach (OverlayDriverShortLink link in driver.ShortLinks)
        {
            if (link.Type != StoreEntryType.SymbolicLink)
                continue;
            string target = T(link.Target);
            string source = $"{Home}/l/{T(link.Name)}";
            if (LinkedLayer(target) is { } linked)
                Say(RecordKind.ShortLink, T(link.Name), source, RecordKind.Layer, linked, Target(driver, T(link.Name), linked));
            else
                Say(RecordKind.ShortLink, T(link.Name), source, RecordKind.Layer, target, target.Length == 0 ? Perhaps("Unreadable") : No("MalformedRecord"));
        }
    }

    private void FollowLowerLayers(OverlayDriverLayer layer, string id, bool hasOthers)
    {
        string file = T(layer.Directory) + "/lower-layers";
        string list = Strip(layer.LowerLayers);
        if (list.Length == 0)
        {
            Say(RecordKind.LowerElement, id, file, RecordKind.Layer, "", OfFile(layer.LowerLayers));
            return;
        }

        foreach (string below in list.Split(':'))
        {
            string answer = below.Length == 0 ? No("EmptyRecord") : LayerThere(below);
            bool isId = below.Length == 25 ? below.All("0123456789abcdefghijklmnopqrstuvwxyz".Contains) : (below.EndsWith("-init", StringComparison.Ordinal) ? below[..^5] : below) is { Length: 64 } digits && digits.All("0123456789abcdef".Contains);
            Say(RecordKind.LowerElement, id, file, RecordKind.Layer, below, hasOthers && isId && answer.StartsWith("Dangling", StringComparison.Ordinal) ? Perhaps("InAnotherStore") : answer);
        }
    }

    private string OwnLink(OverlayDriverStore driver, string layer, string name)
    {
        foreach (OverlayDriverShortLink link in driver.ShortLinks)
        {
            if (T(link.Name) != name)
                continue;
            if (link.Type == StoreEntryType.Unknown)
                return Perhaps("Unreadable");
            if (link.Type != StoreEntryType.SymbolicLink)
                return No("WrongType");
            return LinkedLayer(T(link.Target)) is { } linked && linked != layer ? No("LeadsElsewhere") : Yes;
        }

        return Gone(IsUnread(Home + "/l"), "NoSuchEntry");
    }

    private string LowerLink(OverlayDriverStore driver, string name, bool hasOthers)
    {
        foreach (OverlayDriverShortLink link in driver.ShortLinks)
        {
            if (T(link.Name) == name)
                return link.Type == StoreEntryType.SymbolicLink ? Yes : link.Type == StoreEntryType.Unknown ? Perhaps("Unreadable") : No("WrongType");
        }

        if (IsUnread(Home + "/l"))
            return Perhaps("Unreadable");
        return hasOthers ? Perhaps("InAnotherStore") : No("NoSuchEntry");
    }

    private string Target(OverlayDriverStore driver, string name, string id)
    {
        foreach (OverlayDriverLayer layer in driver.Layers)
        {
            if (T(layer.Id) != id)
                continue;
            if (layer.Diff == StoreEntryType.Unknown)
                return Perhaps("Unreadable");
            if (layer.Diff == StoreEntryType.Missing)
                return No("NoSuchDirectory");
            if (layer.Diff != StoreEntryType.Directory)
                return No("WrongType");
            bool isClaimed = false;
            foreach (OverlayDriverLayer owner in driver.Layers)
            {
                if (owner.Link.State != StoreFileState.Present || T(owner.Link.Content) != name || !IsShortName(name))
                    continue;
                if (T(owner.Id) == id)
                    return Yes;
                isClaimed = true;
            }

            if (!isClaimed)
                return Yes;
            return layer.Link.State == StoreFileState.Unreadable ? Perhaps("Unreadable") : No("LeadsElsewhere");
        }

        return LayerThere(id);
    }

    private static bool IsShortName(string name) => name.Length == 26 && name.All(Base32.Contains);

    private static string? LinkedLayer(string target)
    {
        string[] parts = target.Split('/');
        return parts is ["..", { Length: > 0 } id, "diff"] && id is not ("." or "..") ? id : null;
    }

    private static string Line(RecordKind from, string id, string fromNamespace, string source, RecordKind to, string target, string toNamespace, string answer) =>
        $"{from} [{fromNamespace}] [{id}] in {source} names {to} [{toNamespace}] [{target}]: {answer}";
}
